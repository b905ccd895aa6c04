import { collectGarbage } from '../adapters/connections/collect-garbage.ts';
import { pinoLog } from '../adapters/log/pino-log.ts';
import type { Config } from '../config.ts';
import { AppError } from '../core/errors.ts';
import { ensureHost } from '../people/first-start.ts';
import type { QueueName } from '../ports/ledger-rows.ts';
import type { OpenedWorker } from '../surfaces/worker/opened-worker.ts';
import { openAnswering } from './answering.ts';
import { closingList, type Closing } from './closing.ts';
import { openEmbedders } from './embedders.ts';
import { fencedStores } from './fenced-stores.ts';
import { jobDefinitions } from './jobs.ts';
import { noticeEmbedders } from './notice-embedders.ts';
import { observedEmbedders } from './observing/embedders.ts';
import { openMetricsDoor } from './observing/open-metrics-door.ts';
import { openPeople } from './people.ts';
import { openServices } from './services.ts';
import { work } from './work.ts';

export interface WorkerOptions {
  readonly queues: readonly QueueName[];
  /** Jobs that run at once, of all these queues together. */
  readonly concurrency: number;
  /** How long running jobs may go on when the worker closes; then they go back to their queue. */
  readonly graceMs: number;
}

/** What a worker and the servers must share; a file in a data folder is of one process. */
function refuseAlone({ database, redis, bucket, weaviate }: Config): void {
  const shared = {
    JIWA_DATABASE_URL: database,
    JIWA_REDIS_URL: redis,
    JIWA_S3_BUCKET: bucket,
    JIWA_WEAVIATE_URL: weaviate,
  };
  const missing = Object.entries(shared).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === 0) return;
  throw new AppError(
    'invalid-input',
    `A worker shares all stores with the server it works for; not set: ${missing.join(', ')}. ` +
      'Without them the server does the work itself.',
  );
}

async function open(config: Config, options: WorkerOptions, closing: Closing): Promise<OpenedWorker> {
  const log = pinoLog(config.logLevel);
  const services = fencedStores(await openServices(config, log, closing));
  const { now, newId, folder } = services;
  const { ownerId } = await ensureHost(services);
  const ctx = { ownerId, signal: new AbortController().signal, now, newId, log };
  const { telemetry } = services.observing;
  const embedders = observedEmbedders(telemetry, closing.add(await openEmbedders(ctx, services)));
  noticeEmbedders(embedders, services, closing, ctx);
  const people = openPeople(services, ownerId, closing);
  const answering = openAnswering(services, embedders, closing);
  const definitions = jobDefinitions(services, embedders, people, answering);
  const { queues, concurrency, graceMs } = options;
  work(services, { definitions, pools: [{ queues, concurrency }], graceMs }, closing);
  collectGarbage();
  await openMetricsDoor(services, closing);
  log.info('worker-started', { queues, concurrency, dataFolder: folder.path });
  return { name: services.process, close: () => closing.all() };
}

/**
 * Opens the stores of servers elsewhere and works on their jobs, without a door. Errors: `invalid-input` when it would have
 * stores of its own, `conflict` when another process has the data folder.
 */
export async function openWorker(config: Config, options: WorkerOptions): Promise<OpenedWorker> {
  refuseAlone(config);
  const closing = closingList(pinoLog(config.logLevel));
  try {
    return await open(config, options, closing);
  } catch (error) {
    await closing.all();
    throw error;
  }
}
