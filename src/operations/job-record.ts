import type { JobLogRow, JobRow } from '../ports/ledger-rows.ts';
import type { Ledger, OwnerTx, Reads } from '../ports/ledger.ts';

/** Longer lines of a job's log are cut. */
const MAX_LINE = 1_000;
/** Lines kept between two writes; the oldest go. */
const MAX_PENDING_LINES = 500;

/** Whose the job is now: still this attempt's, this attempt's but to be cancelled, or another's. */
type Standing = 'ours' | 'cancelled' | 'lost';

/** What one attempt writes to its job's row and log. Only the attempt that holds the lease can write. */
export interface JobRecord {
  progress(done: number, total?: number, note?: string): void;
  note(line: string): void;
  /** Whether something waits to be written. */
  pending(): boolean;
  /** Only looks. */
  look(): Promise<Standing>;
  /** Renews the lease and writes what waits. */
  save(): Promise<Standing>;
  /** Writes what waits and ends the attempt; false when the job is another's and nothing was written. */
  finish(end: Partial<JobRow>): Promise<boolean>;
}

type Progress = Pick<JobRow, 'progressDone' | 'progressTotal' | 'progressNote'>;

/** The record of the attempt that claimed `row`. */
export function jobRecord(
  row: JobRow,
  { ledger, now, leaseMs }: { ledger: Ledger; now: () => number; leaseMs: number },
): JobRecord {
  // Attempts are counted anew for who asks for the job again, which gives it another time to run at.
  const { id, worker, attempt, runAt } = row;
  const mine = { id, status: 'running', worker, attempt, runAt } as const;
  let progress: Progress | undefined;
  let lines: Pick<JobLogRow, 'at' | 'line'>[] = [];

  const standing = async (reads: Reads): Promise<Standing> => {
    const current = await reads.table('jobs').get(mine);
    if (!current) return 'lost';
    return current.cancelRequested ? 'cancelled' : 'ours';
  };
  const write = async (patch: (now: number) => Partial<JobRow>): Promise<Standing> => {
    const [newProgress, newLines] = [progress, lines];
    [progress, lines] = [undefined, []];
    try {
      return await ledger.forOwner(row.ownerId, async (tx) => {
        const seen = await standing(tx);
        if (seen === 'lost') return seen;
        await append(tx, row.id, newLines);
        await tx
          .table('jobs')
          .update(
            { id: row.id },
            { ...newProgress, ...(newProgress && { interruptions: 0 }), ...patch(tx.now) },
          );
        return seen;
      });
    } catch (error) {
      progress ??= newProgress;
      lines = [...newLines, ...lines];
      throw error;
    }
  };
  return {
    progress(done, total, note) {
      progress = { progressDone: done, progressTotal: total ?? null, progressNote: note ?? null };
    },
    note(line) {
      lines.push({ at: now(), line: line.slice(0, MAX_LINE) });
      if (lines.length > MAX_PENDING_LINES) lines.shift();
    },
    pending: () => progress !== undefined || lines.length > 0,
    look: () => standing(ledger.readsOf(row.ownerId)),
    save: () => write((at) => ({ leaseUntil: at + leaseMs })),
    finish: async (end) => (await write(() => ({ leaseUntil: null, ...end }))) !== 'lost',
  };
}

async function append(tx: OwnerTx, jobId: string, lines: readonly Pick<JobLogRow, 'at' | 'line'>[]) {
  if (lines.length === 0) return;
  const [last] = await tx.table('jobLogs').list({ where: { jobId }, orderBy: [['seq', 'desc']], limit: 1 });
  const first = (last?.seq ?? 0) + 1;
  await tx.table('jobLogs').insert(lines.map((line, index) => ({ ...line, jobId, seq: first + index })));
}
