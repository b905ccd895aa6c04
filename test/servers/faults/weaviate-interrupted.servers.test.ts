import { interruptedSuite } from './interrupted-suite.ts';

interruptedSuite('weaviate', { part: 'memory', without: 'down', requestLimitMs: 20_000 });
