import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { pause } from '../../core/pause.ts';
import type { Timers } from '../../core/timers.ts';
import type { DeliveredJob, JobQueue } from '../../ports/job-queue.ts';
import type { JobRow, QueueName } from '../../ports/ledger-rows.ts';
import type { Ledger, SystemTx } from '../../ports/ledger.ts';
import type { RedisConnection } from '../connections/redis-connection.ts';
import { type Deliveries, type Delivery, openDeliveries } from './bullmq-deliveries.ts';
import { type HandOut, handOut } from './hand-out.ts';
import { type RedisReach, redisReach } from './redis-reach.ts';
import { allWaiting, waitingJobs } from './waiting-jobs.ts';

export interface BullmqJobQueueOptions {
  readonly redis: RedisConnection;
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
  /** A delivery whose process died while it held it comes back after so long, or twice as long; default 5,000. */
  readonly lockMs?: number;
}

const DEFAULT_LOCK_MS = 5_000;
/** The ledger is looked at this often at least, for what Redis was not told of or lost. */
const LOOK_EVERY_MS = 10_000;
/** Who waits in vain looks sooner; and as often while Redis is away. */
const IDLE_MS = 1_000;
/** So many jobs of a queue are delivered again by a look: of those that are next, or of all when Redis has none. */
const NEXT_JOBS = 100;
const IDLE_JOBS = 1_000;

type Claim = Omit<Parameters<SystemTx['claimJob']>[0], 'job'>;

/**
 * Jobs of many processes: BullMQ says who gets which job next, the row in the ledger is claimed, and the delivery in Redis is
 * gone. From then on the lease in the ledger counts, so a delivery that comes twice, too early or too late changes nothing.
 * Within a queue the smallest priority goes first; queues take turns. While Redis is away jobs are claimed from the ledger
 * alone.
 */
export function bullmqJobQueue(options: BullmqJobQueueOptions): JobQueue {
  const parts = openParts(options);
  return {
    deliver: (jobs) => deliver(jobs, parts),
    next: (queues, worker, leaseMs, signal) => next({ queues, worker, leaseMs }, parts, signal),
    rebuild: (queues, signal) => rebuild(queues, parts, signal),
    close: () => parts.close(),
  };
}

interface Parts extends BullmqJobQueueOptions {
  readonly reach: RedisReach;
  readonly waiters: HandOut;
  /** When the ledger was looked at last, by the names of the queues. */
  readonly lookedAt: Map<string, number>;
  readonly closed: AbortSignal;
  readonly deliveriesOf: (queue: QueueName) => Deliveries;
  /** Redis failed: those who wait turn to the ledger. */
  readonly lost: (error: unknown) => void;
  close(): Promise<void>;
}

function openParts(options: BullmqJobQueueOptions): Parts {
  const { redis, now, timers, log, lockMs = DEFAULT_LOCK_MS } = options;
  const closing = new AbortController();
  const queues = new Map<QueueName, Deliveries>();
  const deliveriesOf = (queue: QueueName): Deliveries => {
    const failed = (error: unknown) => log.debug('redis-queue-error', { queue, error });
    const deliveries = queues.get(queue) ?? openDeliveries({ redis, queue, now, lockMs, failed });
    queues.set(queue, deliveries);
    return deliveries;
  };
  const reach = redisReach(options);
  const lost = (error: unknown) => {
    reach.lost(error);
    waiters.wakeAll();
  };
  const again = async (cause: unknown) => {
    if (closing.signal.aborted) return false;
    lost(cause);
    await pause(IDLE_MS, timers, closing.signal).catch(() => undefined);
    return !closing.signal.aborted;
  };
  const waiters = handOut({ deliveriesOf, answered: () => reach.back(), failed: again });
  const lookedAt = new Map<string, number>();
  const stopListening = redis.onReady(() => {
    reach.back();
    lookedAt.clear();
    waiters.wakeAll();
  });
  const close = async () => {
    if (closing.signal.aborted) return;
    closing.abort();
    stopListening();
    await Promise.all([...queues.values()].map((deliveries) => deliveries.close()));
  };
  return { ...options, reach, waiters, lookedAt, closed: closing.signal, deliveriesOf, lost, close };
}

function deliver(jobs: readonly DeliveredJob[], { reach, waiters, deliveriesOf, lost, closed }: Parts): void {
  if (jobs.length === 0 || closed.aborted) return;
  if (!reach.able()) {
    waiters.wakeAll();
    return;
  }
  const byQueue = Map.groupBy(jobs, ({ queue }) => queue);
  const adding = [...byQueue].map(([queue, some]) => deliveriesOf(queue).add(some));
  reach.within(Promise.all(adding)).catch(lost);
}

async function next(claim: Claim, parts: Parts, signal: AbortSignal): Promise<JobRow | undefined> {
  const { now, lookedAt, waiters } = parts;
  const ended = AbortSignal.any([signal, parts.closed]);
  const overdueAt = (lookedAt.get(claim.queues.join()) ?? -Infinity) + LOOK_EVERY_MS;
  let limit = NEXT_JOBS;
  let lookAt = Math.min(overdueAt, now() + IDLE_MS);
  let wakes = waiters.wakes();
  while (!ended.aborted) {
    if (lookAt <= now()) {
      wakes = waiters.wakes();
      const found = await look(claim, limit, parts);
      if (typeof found !== 'number') return found;
      lookAt = found;
      continue;
    }
    const missed = waiters.wakes() !== wakes;
    const delivery = missed ? undefined : await nextDelivery(claim.queues, lookAt, parts, ended);
    const job = delivery && (await claimDelivery(delivery, claim, parts));
    if (job) return job;
    limit = IDLE_JOBS;
    // Also after one that was not to be had: it may have come too early by this clock, and the ledger says when it is due.
    lookAt = now();
  }
  return undefined;
}

/** Looks at the ledger; gives a job only where Redis cannot. Else it says when to look again. */
async function look(claim: Claim, limit: number, parts: Parts): Promise<JobRow | number> {
  const { reach, ledger, now, lookedAt } = parts;
  const able = reach.able();
  const job = able ? undefined : await ledger.system((tx) => tx.claimJob(claim));
  if (job) return job;
  const { due, nextAt } = await waitingJobs(ledger.systemReads(), claim.queues, { now: now(), limit });
  if (able) {
    lookedAt.set(claim.queues.join(), now());
    deliver(due, parts);
  }
  return Math.min(nextAt ?? Infinity, now() + (able ? LOOK_EVERY_MS : IDLE_MS));
}

/** The next delivery from Redis, or `undefined` when it is time to look, when somebody says so, and at the end. */
async function nextDelivery(
  queues: readonly QueueName[],
  until: number,
  { waiters, timers, now }: Parts,
  ended: AbortSignal,
): Promise<Delivery | undefined> {
  const { served, wake } = waiters.wait(queues);
  const stopTimer = timers.after(until - now(), wake);
  ended.addEventListener('abort', wake, { once: true });
  if (ended.aborted) wake();
  try {
    return await served;
  } finally {
    stopTimer();
    ended.removeEventListener('abort', wake);
  }
}

async function claimDelivery(
  delivery: Delivery,
  claim: Claim,
  { ledger, reach, lost }: Parts,
): Promise<JobRow | undefined> {
  try {
    const job = await ledger.system((tx) => tx.claimJob({ ...claim, job: delivery.job }));
    // The row is claimed or not to be had: a delivery that cannot be removed comes back and is found to be of no use.
    await reach.within(delivery.finish()).catch(lost);
    return job;
  } catch (error) {
    await reach.within(delivery.giveBack()).catch(lost);
    throw error;
  }
}

async function rebuild(
  queues: readonly QueueName[],
  { deliveriesOf, reach, ledger, now }: Parts,
  signal: AbortSignal,
): Promise<ReadonlyMap<QueueName, number>> {
  const asked = (work: Promise<void>) =>
    reach.within(work).catch((cause: unknown) => {
      throw new AppError('unavailable', 'Redis does not answer; try again when it does.', { cause });
    });
  const counts = new Map<QueueName, number>();
  for (const queue of queues) {
    let count = 0;
    await asked(deliveriesOf(queue).clear());
    for await (const page of allWaiting(ledger.systemReads(), queue, now())) {
      signal.throwIfAborted();
      await asked(deliveriesOf(queue).add(page));
      count += page.length;
    }
    counts.set(queue, count);
  }
  return counts;
}
