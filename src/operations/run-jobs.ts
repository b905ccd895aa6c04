import { AppError } from '../core/errors.ts';
import type { JobRow, QueueName } from '../ports/ledger-rows.ts';
import { DEFAULT_LEASE_MS, type RunJobDeps, runJob } from './run-job.ts';

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
    // A job that was claimed while the order to stop came goes back at once.
    const work = runJob(row, deps, stops.claim.aborted ? stops.claim : stops.run);
    running.add(work);
    void work.then(() => running.delete(work));
  }
  await Promise.all(running);
}

/** Claims one job after another; while that fails, it is tried every second and said once. */
function claiming(
  queues: readonly QueueName[],
  deps: WorkersDeps,
  stop: AbortSignal,
): () => Promise<JobRow | undefined> {
  let failures = 0;
  return async () => {
    try {
      const row = await deps.queue.next(queues, deps.worker, deps.leaseMs ?? DEFAULT_LEASE_MS, stop);
      if (failures > 0) deps.log.info('job-claim-works-again', { queues, failures });
      failures = 0;
      return row;
    } catch (error) {
      if (failures === 0) deps.log.error('job-claim-failed', { queues, error });
      failures += 1;
      await pause(CLAIM_AGAIN_MS, deps, stop);
      return undefined;
    }
  };
}

async function pause(ms: number, { timers }: WorkersDeps, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const cancelTimer = timers.after(ms, end);
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  await promise;
  cancelTimer();
  stop.removeEventListener('abort', end);
}
