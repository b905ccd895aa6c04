import { Queue, Worker } from 'bullmq';
import type { RedisConnection } from '../connections/redis-connection.ts';
import type { DeliveredJob } from '../../ports/job-queue.ts';
import type { JobRow, QueueName } from '../../ports/ledger-rows.ts';

/** A job as it came out of Redis, held for a moment. */
export interface Delivery {
  readonly job: Pick<JobRow, 'ownerId' | 'id'>;
  /** Takes it out of Redis. */
  finish(): Promise<void>;
  /** Puts it back in front. */
  giveBack(): Promise<void>;
}

/** One queue in Redis: ids of jobs, ordered by priority, those that are not due yet apart. */
export interface Deliveries {
  /** Adding what is there already changes nothing; one of the same job at another time or priority is another delivery. */
  add(jobs: readonly DeliveredJob[]): Promise<void>;
  /** The next one, `undefined` if there is none; with `wait`, if none comes for a few seconds. One call at a time. */
  take(options: { readonly wait: boolean }): Promise<Delivery | undefined>;
  /** Removes all but those that somebody holds at this moment. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface DeliveriesOptions {
  readonly redis: RedisConnection;
  readonly queue: QueueName;
  readonly now: () => number;
  /** A delivery whose process says nothing for so long is given to another. */
  readonly lockMs: number;
  readonly failed: (error: unknown) => void;
}

interface DeliveryData {
  readonly ownerId: string;
  readonly id: string;
}

/** Nobody reads the events of deliveries; the jobs have theirs in the ledger. */
const EVENTS_KEPT = 10;
/** While Redis is away a process that has closed all ends only when such a wait would have. */
const WAIT_S = 3;

/** Opens one queue; the connection that waits for deliveries is made with the first `take`. */
export function openDeliveries({ redis, queue, now, lockMs, failed }: DeliveriesOptions): Deliveries {
  // The braces keep all keys of a queue on one node of a Redis Cluster.
  const shared = { connection: redis.client, prefix: `{${redis.prefix}:${queue}}` };
  const deliveries = new Queue<DeliveryData>(queue, {
    ...shared,
    streams: { events: { maxLen: EVENTS_KEPT } },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  deliveries.on('error', failed);
  let taker: Worker<DeliveryData> | undefined;
  let taken = 0;
  const openTaker = () => {
    const worker = new Worker<DeliveryData>(queue, undefined, {
      ...shared,
      drainDelay: WAIT_S,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    worker.on('error', failed);
    worker.startStalledCheckTimer().catch(failed);
    return worker;
  };
  return {
    async add(jobs) {
      await deliveries.addBulk(
        jobs.map(({ ownerId, id, runAt, priority }) => ({
          name: 'job',
          data: { ownerId, id },
          opts: { jobId: `${id}_${runAt}_${priority}`, delay: Math.max(0, runAt - now()), priority },
        })),
      );
    },
    async take({ wait }) {
      taker ??= openTaker();
      const token = `${taker.id}:${taken++}`;
      const delivery = await taker.getNextJob(token, { block: wait });
      if (delivery === undefined) return undefined;
      return {
        job: { ownerId: delivery.data.ownerId, id: delivery.data.id },
        finish: async () => {
          await delivery.moveToCompleted(null, token, false);
        },
        giveBack: async () => {
          await delivery.moveToWait(token);
        },
      };
    },
    clear: () => deliveries.drain(true),
    async close() {
      await taker?.close(true);
      await deliveries.close();
    },
  };
}
