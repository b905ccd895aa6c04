import { openSqliteLedger } from '../../src/adapters/ledger/sqlite-ledger.ts';
import { systemTimers } from '../../src/core/timers.ts';
import { ledgerJobQueue } from '../../src/adapters/job-queue/ledger-job-queue.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import type { DomainEvent, Ledger, NewJob } from '../../src/ports/ledger.ts';
import type { Timers } from '../../src/core/timers.ts';

export interface TestLedgerOptions {
  readonly now?: () => number;
  readonly timers?: Timers;
  readonly followers?: (event: DomainEvent) => readonly NewJob[];
}

/** The real ledger, kept in memory only, with its job queue; close both after the test. */
export async function openTestLedger(
  options: TestLedgerOptions = {},
): Promise<{ ledger: Ledger; queue: JobQueue }> {
  const { now = Date.now, timers = systemTimers, followers = () => [] } = options;
  const ledger = await openSqliteLedger({
    path: ':memory:',
    now,
    followers,
    onEnqueued: (jobs) => queue.deliver(jobs),
  });
  const queue = ledgerJobQueue({ ledger, now, timers });
  return { ledger, queue };
}
