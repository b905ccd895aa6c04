import type { Timers } from '../../core/timers.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { QueueName } from '../../ports/ledger-rows.ts';
import type { Ledger } from '../../ports/ledger.ts';

export interface LedgerJobQueueOptions {
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly timers: Timers;
}

/** Looks at the ledger at least this often: clocks jump, and timers reach only 24 days. */
const POLL_MS = 30_000;

/** Somebody who waits for a job of some queues. */
interface Waiter {
  readonly queues: readonly QueueName[];
  readonly woken: Promise<void>;
  /** A job is due at this time: it wakes then, or earlier for another, and after `POLL_MS` in any case. */
  readonly due: (at: number) => void;
  readonly wake: () => void;
}

function waiterOf(
  queues: readonly QueueName[],
  { now, timers }: Pick<LedgerJobQueueOptions, 'now' | 'timers'>,
): Waiter {
  const { promise, resolve } = Promise.withResolvers<void>();
  let wakesAt = Number.POSITIVE_INFINITY;
  let stopTimer = () => {};
  const wake = () => {
    stopTimer();
    resolve();
  };
  return {
    queues,
    woken: promise,
    due(at) {
      const next = Math.min(at, now() + POLL_MS);
      if (next >= wakesAt) return;
      wakesAt = next;
      stopTimer();
      if (next <= now()) wake();
      else stopTimer = timers.after(next - now(), wake);
    },
    wake,
  };
}

/** Jobs straight from the ledger's rows, for workers in the process that owns it: `deliver` wakes them when they are due. */
export function ledgerJobQueue({ ledger, now, timers }: LedgerJobQueueOptions): JobQueue {
  const waiters = new Set<Waiter>();
  const closed = new AbortController();
  return {
    deliver(jobs) {
      for (const waiter of waiters)
        for (const { queue, runAt } of jobs) if (waiter.queues.includes(queue)) waiter.due(runAt);
    },
    async next(queues, worker, leaseMs, signal) {
      const ended = AbortSignal.any([signal, closed.signal]);
      while (!ended.aborted) {
        // Listens before it looks, so no job delivered in between is missed.
        const waiter = waiterOf(queues, { now, timers });
        waiters.add(waiter);
        ended.addEventListener('abort', waiter.wake, { once: true });
        try {
          const { job, dueAt } = await ledger.system(async (tx) => {
            const job = await tx.claimJob({ queues, worker, leaseMs });
            return { job, dueAt: job ? undefined : await tx.nextDueAt(queues) };
          });
          if (job) return job;
          waiter.due(Math.max(dueAt ?? Number.POSITIVE_INFINITY, now() + 1));
          await waiter.woken;
        } finally {
          waiter.wake();
          ended.removeEventListener('abort', waiter.wake);
          waiters.delete(waiter);
        }
      }
      return undefined;
    },
    async rebuild(queues) {
      const jobs = ledger.systemReads().table('jobs');
      const counts = new Map<QueueName, number>();
      for (const queue of queues) {
        const lost = { queue, status: 'running', leaseUntil: { lte: now() } } as const;
        counts.set(queue, (await jobs.count({ queue, status: 'queued' })) + (await jobs.count(lost)));
      }
      for (const waiter of waiters) waiter.wake();
      return counts;
    },
    async close() {
      closed.abort();
    },
  };
}
