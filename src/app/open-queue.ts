import { memoryEventBus } from '../adapters/event-bus/memory-event-bus.ts';
import { ledgerJobQueue, type LedgerJobQueueOptions } from '../adapters/job-queue/ledger-job-queue.ts';
import type { Config } from '../config.ts';
import type { Log } from '../core/context.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Closing } from './closing.ts';

export interface OpenQueueOptions extends LedgerJobQueueOptions {
  readonly redis: Config['redis'];
  readonly log: Log;
}

export interface OpenedQueue {
  readonly queue: JobQueue;
  readonly bus: EventBus;
  /** Asks the server of both something small, where there is one. */
  readonly ping?: () => Promise<unknown>;
}

/** The job queue and the event bus: on the Redis that the configuration names, else within this process. */
export async function openQueue(options: OpenQueueOptions, closing: Closing): Promise<OpenedQueue> {
  const { log } = options;
  if (options.redis === undefined) {
    return { queue: closing.add(ledgerJobQueue(options)), bus: closing.add(memoryEventBus()) };
  }
  // Their clients take time and memory to load, which a start without Redis must not pay.
  const [{ openRedis }, { redisEventBus }, { bullmqJobQueue }] = await Promise.all([
    import('../adapters/connections/redis-connection.ts'),
    import('../adapters/event-bus/redis-event-bus.ts'),
    import('../adapters/job-queue/bullmq-job-queue.ts'),
  ]);
  const redis = closing.add(openRedis({ ...options.redis, log }));
  return {
    queue: closing.add(bullmqJobQueue({ ...options, redis })),
    bus: closing.add(redisEventBus({ redis, log })),
    ping: () => redis.ping(),
  };
}
