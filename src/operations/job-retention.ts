import type { JobStatus } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** How long a job that ended stays to be looked at; what failed stays longer. */
const KEPT_MS = { done: 7 * DAY_MS, cancelled: 30 * DAY_MS, dead: 90 * DAY_MS } as const satisfies Partial<
  Record<JobStatus, number>
>;
/** Rows of one transaction, so others wait only milliseconds. */
const ROWS = 500;

/** Removes jobs that ended long ago, with their logs; says how many. Does nothing twice, can be stopped any time. */
export async function removeOldJobs(
  { ledger, now }: { readonly ledger: Ledger; readonly now: () => number },
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (const status of ['done', 'cancelled', 'dead'] as const) {
    const before = now() - KEPT_MS[status];
    for (let count = ROWS; count === ROWS && !signal.aborted; removed += count) {
      count = await ledger.system(async (tx) => {
        const where = { status, completedAt: { lt: before } };
        const ids = (await tx.table('jobs').list({ where, limit: ROWS })).map(({ id }) => id);
        await tx.table('jobLogs').remove({ jobId: { in: ids } });
        return tx.table('jobs').remove({ id: { in: ids } });
      });
    }
  }
  return removed;
}
