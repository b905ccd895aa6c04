import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { openRedis } from '../../../src/adapters/connections/redis-connection.ts';
import { redisEventBus } from '../../../src/adapters/event-bus/redis-event-bus.ts';
import { bullmqJobQueue } from '../../../src/adapters/job-queue/bullmq-job-queue.ts';
import { openPostgresLedger } from '../../../src/adapters/ledger/postgres-ledger.ts';
import { silentLog } from '../../../src/core/context.ts';
import { AppError } from '../../../src/core/errors.ts';
import { newId } from '../../../src/core/ids.ts';
import { systemTimers } from '../../../src/core/timers.ts';
import { startWorkers } from '../../../src/operations/run-jobs.ts';
import type { JobDefinition, JobQueue } from '../../../src/ports/job-queue.ts';
import { FleetEnvironment, type WorkLine } from './messages.ts';

/** A worker process with jobs made for tests; it says on its standard output what each of them does. */
const env = FleetEnvironment.parse(process.env);
const say = (line: WorkLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

const now = Date.now;
let queue: JobQueue | undefined;
const ledger = await openPostgresLedger({
  url: env.FLEET_DATABASE,
  now,
  onEnqueued: (jobs) => queue?.deliver(jobs),
});
const redis = openRedis({ url: env.FLEET_REDIS, prefix: env.FLEET_PREFIX, log: silentLog });
queue = bullmqJobQueue({ redis, ledger, now, timers: systemTimers, log: silentLog });
const bus = redisEventBus({ redis, log: silentLog });

/** Works for a while, then keeps one row named by the job: twice as well as once, as every job must. */
const storing: JobDefinition<{ ms: number }> = {
  kind: 'store',
  queue: 'light',
  payload: z.strictObject({ ms: z.number() }),
  timeLimitMs: 600_000,
  async run({ ms }, job, { ownerId, signal }) {
    say({ did: 'begin', jobId: job.id, attempt: job.attempt });
    job.progress(0, 1);
    await pause(ms, undefined, { signal });
    const row = { key: `stored:${job.id}`, value: '1' };
    await ledger.forOwner(ownerId, (tx) => tx.table('settings').upsert({ ...row, updatedAt: tx.now }));
    say({ did: 'end', jobId: job.id, attempt: job.attempt });
    return { stored: job.id };
  },
};

const failing: JobDefinition<null> = {
  kind: 'fail',
  queue: 'ingestion',
  payload: z.null(),
  timeLimitMs: 600_000,
  async run(_, job) {
    say({ did: 'begin', jobId: job.id, attempt: job.attempt });
    throw new AppError('unavailable', 'This job always fails.');
  },
};

const workers = startWorkers(
  {
    ledger,
    queue,
    bus,
    definitions: [storing, failing] as JobDefinition[],
    log: silentLog,
    now,
    newId,
    random: Math.random,
    timers: systemTimers,
    storesAnswer: async () => true,
    leaseMs: env.FLEET_LEASE_MS,
    worker: `${process.pid}`,
  },
  [{ queues: ['light', 'ingestion'], concurrency: env.FLEET_CONCURRENCY }],
);
say({ did: 'start' });
process.once('SIGTERM', () => {
  void (async () => {
    await workers.stop({ graceMs: env.FLEET_GRACE_MS });
    for (const each of [bus, queue, redis, ledger]) await each.close();
  })();
});
