import { interruptedSuite } from './interrupted-suite.ts';

// A connection is waited for 5 s, then a statement 12 s.
interruptedSuite('postgres', { part: 'ledger', without: 'down', requestLimitMs: 20_000 });
