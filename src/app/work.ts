import type { QueueName } from '../ports/ledger-rows.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import { startWorkers, type WorkerPool } from '../operations/run-jobs.ts';
import type { Closing } from './closing.ts';
import { observedJobs } from './observing/jobs.ts';
import type { Services } from './services.ts';

/** Filling vectors can take hours and downloading a model long, so neither holds up a document or what is short. */
const POOLS: readonly WorkerPool[] = [
  { queues: ['ingestion'], concurrency: 2 },
  { queues: ['vectors'], concurrency: 1 },
  { queues: ['light', 'nightly', 'training'], concurrency: 2 },
];

/** The places of a server that works on these queues. */
export function poolsOf(queues: readonly QueueName[]): readonly WorkerPool[] {
  return POOLS.map(({ concurrency, ...pool }) => ({
    queues: pool.queues.filter((queue) => queues.includes(queue)),
    concurrency,
  })).filter((pool) => pool.queues.length > 0);
}

export interface Work {
  readonly definitions: readonly JobDefinition[];
  readonly pools: readonly WorkerPool[];
  /** How long running jobs may go on when this process closes; then they go back to their queue. */
  readonly graceMs: number;
}

/** Runs jobs in this process until it closes. */
export function work(services: Services, { definitions, pools, graceMs }: Work, closing: Closing): void {
  const workers = startWorkers(
    {
      ...services,
      definitions: observedJobs(services.observing.telemetry, definitions),
      worker: services.process,
      random: Math.random,
    },
    pools,
  );
  closing.add({ close: () => workers.stop({ graceMs }) });
}
