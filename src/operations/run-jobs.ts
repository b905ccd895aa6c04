import { AppError } from '../core/errors.ts';
import { pause } from '../core/pause.ts';
import { trouble } from '../core/trouble.ts';
import type { JobRow, QueueName } from '../ports/ledger-rows.ts';
import { DEFAULT_LEASE_MS, type RunJobDeps, runJob } from './run-job.ts';
import { untilStoresAnswer } from './stores-away.ts';

/** Queues that share a number of places. */
export interface WorkerPool {
  readonly queues: readonly QueueName[];
  /** Jobs that run at once. */
  readonly concurrency: number;
}

export interface WorkersDeps extends RunJobDeps {
  /** Names this process in the rows of the jobs it runs. */
  readonly worker: string;
}

export interface Workers {
  /**
   * Takes no more jobs, lets the running ones go on for `graceMs`, then aborts them: they go back to their queue as if
   * this attempt had not been. Resolves when none runs any more.
   */
  stop(options: { readonly graceMs: number }): Promise<void>;
}

const CLAIM_AGAIN_MS = 1_000;

/** Runs jobs of all owners until stopped. Throws `internal` when two definitions share a kind. */
export function startWorkers(deps: WorkersDeps, pools: readonly WorkerPool[]): Workers {
  const kinds = new Set(deps.definitions.map(({ kind }) => kind));
  if (kinds.size < deps.definitions.length) throw new AppError('internal', 'Two jobs have the same kind.');
  const claiming = new AbortController();
  const running = new AbortController();
  const serving = Promise.all(
    pools.map((pool) => serve(pool, deps, { claim: claiming.signal, run: running.signal })),
  );
  return {
    async stop({ graceMs }) {
      claiming.abort();
      if (graceMs <= 0) running.abort();
      const cancelTimer = deps.timers.after(graceMs, () => running.abort());
      await serving;
      cancelTimer();
    },
  };
}

interface Stops {
  readonly claim: AbortSignal;
  readonly run: AbortSignal;
}

async function serve({ queues, concurrency }: WorkerPool, deps: WorkersDeps, stops: Stops): Promise<void> {
  const running = new Set<Promise<void>>();
  const claim = claiming(queues, deps, stops.claim);
  while (!stops.claim.aborted) {
    if (running.size >= concurrency) {
      await Promise.race(running);
      continue;
    }
    const row = await claim();
    if (!row) continue;
    const work = occupy(row, deps, stops);
    running.add(work);
    void work.then(() => running.delete(work));
  }
  await Promise.all(running);
}

/** Runs a job; its place is free when it has ended and, if it failed for them, the stores are back. */
async function occupy(row: JobRow, deps: WorkersDeps, stops: Stops): Promise<void> {
  // A job that was claimed while the order to stop came goes back at once.
  const stop = stops.claim.aborted ? stops.claim : stops.run;
  if (await runJob(row, deps, stop)) await untilStoresAnswer(deps, stops.claim);
}

/** Claims one job after another; while that fails, it is tried every second. */
function claiming(
  queues: readonly QueueName[],
  deps: WorkersDeps,
  stop: AbortSignal,
): () => Promise<JobRow | undefined> {
  const claims = trouble({
    log: deps.log,
    level: 'error',
    begins: 'job-claim-failed',
    ends: 'job-claim-works-again',
  });
  return async () => {
    try {
      const row = await deps.queue.next(queues, deps.worker, deps.leaseMs ?? DEFAULT_LEASE_MS, stop);
      claims.worked({ queues });
      return row;
    } catch (error) {
      claims.failed({ queues, error });
      // Whoever asks for the next one sees that it is time to stop.
      await pause(CLAIM_AGAIN_MS, deps.timers, stop).catch(() => undefined);
      return undefined;
    }
  };
}
