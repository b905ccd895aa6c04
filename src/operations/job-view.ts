import type { JobRow } from '../ports/ledger-rows.ts';
import type { JobView } from '../wire/jobs.ts';

/** What the doors show of a job's row. */
export function jobView(row: JobRow): JobView {
  return {
    id: row.id,
    queue: row.queue,
    kind: row.kind,
    status: row.status,
    attempt: row.attempt,
    maxAttempts: row.maxAttempts,
    progress: {
      done: row.progressDone,
      ...(row.progressTotal === null ? {} : { total: row.progressTotal }),
      ...(row.progressNote === null ? {} : { note: row.progressNote }),
    },
    ...(row.errorCode === null ? {} : { error: { code: row.errorCode, message: row.error ?? '' } }),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as unknown }),
    createdAt: row.createdAt,
    ...(row.startedAt === null ? {} : { startedAt: row.startedAt }),
    ...(row.completedAt === null ? {} : { completedAt: row.completedAt }),
    runAt: row.runAt,
  };
}
