import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openRedis, type RedisConnection } from '../../../src/adapters/connections/redis-connection.ts';
import { bullmqJobQueue } from '../../../src/adapters/job-queue/bullmq-job-queue.ts';
import { openPostgresLedger } from '../../../src/adapters/ledger/postgres-ledger.ts';
import { silentLog } from '../../../src/core/context.ts';
import { systemTimers } from '../../../src/core/timers.ts';
import type { JobQueue } from '../../../src/ports/job-queue.ts';
import type { JobRow } from '../../../src/ports/ledger-rows.ts';
import type { Ledger, NewJob } from '../../../src/ports/ledger.ts';
import { OWNER_A } from '../../fakes/ctx.ts';
import { type FaultyServer, faultyServer } from '../faults/faulty-server.ts';
import { type TestDatabase, testDatabase } from '../postgres-database.ts';
import { type Fleet, type FleetOptions, startFleet } from './fleet.ts';

/** A ledger with a Redis of its own, jobs and worker processes over both. */
export interface Stage {
  readonly database: TestDatabase;
  readonly redisServer: FaultyServer;
  readonly redis: RedisConnection;
  readonly ledger: Ledger;
  readonly queue: JobQueue;
  fleet(options: Partial<FleetOptions>): Promise<Fleet>;
  enqueue(job: Partial<NewJob>): Promise<string>;
  jobs(): Promise<JobRow[]>;
  /** Ids of the jobs whose result is stored. */
  stored(): Promise<string[]>;
  /** Waits until no job waits or runs. */
  settled(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const database = await testDatabase();
  const redisServer = await faultyServer('redis');
  const url = redisServer.environment['JIWA_TEST_REDIS'] ?? '';
  const prefix = randomUUID();
  const redis = openRedis({ url, prefix, log: silentLog });
  let queue: JobQueue | undefined;
  const ledger = await openPostgresLedger({
    url: database.url,
    now: Date.now,
    onEnqueued: (jobs) => queue?.deliver(jobs),
  });
  queue = bullmqJobQueue({ redis, ledger, now: Date.now, timers: systemTimers, log: silentLog });
  const opened = { queue, fleets: [] as Fleet[] };
  const jobs = () => ledger.systemReads().table('jobs').list();
  return {
    database,
    redisServer,
    redis,
    ledger,
    queue,
    jobs,
    async fleet(options) {
      const fleet = await startFleet({ database: database.url, redis: url, prefix, size: 1, ...options });
      opened.fleets.push(fleet);
      return fleet;
    },
    enqueue: (job) =>
      ledger.forOwner(OWNER_A, (tx) =>
        tx.enqueue({ kind: 'store', queue: 'light', payload: { ms: 100 }, ...job }),
      ),
    async stored() {
      const rows = await ledger.readsOf(OWNER_A).table('settings').list();
      return rows.flatMap(({ key }) => (key.startsWith('stored:') ? key.slice('stored:'.length) : []));
    },
    async settled(limitMs) {
      const end = Date.now() + limitMs;
      const open = async () => (await jobs()).filter(({ status }) => ['queued', 'running'].includes(status));
      for (let left = await open(); left.length > 0; left = await open()) {
        if (Date.now() > end) throw new Error(`jobs are left: ${JSON.stringify(left.slice(0, 3))}`);
        await pause(100);
      }
    },
    async close() {
      for (const fleet of opened.fleets) await fleet.killAll();
      await opened.queue.close();
      await redis.close();
      await redisServer.close();
      await ledger.close();
      await database.drop();
    },
  };
}

export interface StormOptions {
  readonly jobs: number;
  readonly jobMs: number;
  readonly workers: number;
  /** Worker processes that are killed while jobs run. */
  readonly kills: number;
  /** Times that Redis is killed, is away for `awayMs` and starts again. */
  readonly redisRestarts: number;
  readonly awayMs: number;
}

export interface StormReport {
  readonly ids: readonly string[];
  readonly fleet: Fleet;
}

/** Queues jobs while workers are killed and Redis goes away and comes back, then waits until all is done. */
export async function storm(stage: Stage, options: StormOptions): Promise<StormReport> {
  const fleet = await stage.fleet({ size: options.workers });
  const ids: string[] = [];
  const steps = Math.max(options.kills, options.redisRestarts, 1);
  const restartEvery = steps / Math.max(options.redisRestarts, 1);
  for (let step = 0; step < steps; step++) {
    const share = Math.ceil((options.jobs - ids.length) / (steps - step));
    for (let n = 0; n < share; n++) ids.push(await stage.enqueue({ payload: { ms: options.jobMs } }));
    await pause(options.jobMs);
    const restarts = Math.floor((step + 1) / restartEvery) > Math.floor(step / restartEvery);
    if (restarts && options.redisRestarts > 0) await stage.redisServer.kill();
    if (step < options.kills) await fleet.killOne();
    if (!restarts || options.redisRestarts === 0) continue;
    await pause(options.awayMs);
    await stage.redisServer.start();
  }
  await stage.settled(60_000);
  return { ids, fleet };
}
