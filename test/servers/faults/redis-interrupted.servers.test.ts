import { interruptedSuite } from './interrupted-suite.ts';

// Nobody waits for the queue: jobs lie in the ledger.
interruptedSuite('redis', { part: 'queue', without: 'degraded', requestLimitMs: 5_000 });
