import { interruptedSuite } from './interrupted-suite.ts';

// A call is waited for 10 s, and 2 s once one was in vain.
interruptedSuite('s3', { part: 'objects', without: 'down', requestLimitMs: 18_000 });
