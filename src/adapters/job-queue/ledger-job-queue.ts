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

interface Waiter {
  readonly queues: readonly QueueName[];
  wake(): void;
}

/** Jobs straight from the ledger's rows, for workers in the process that owns it: `deliver` wakes them at once. */
export function ledgerJobQueue({ ledger, now, timers }: LedgerJobQueueOptions): JobQueue {
  const waiters = new Set<Waiter>();
  const closed = new AbortController();
  const waiterOf = (queues: readonly QueueName[]) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { queues, wake: () => resolve(), woken: promise };
    waiters.add(waiter);
    return waiter;
  };
  return {
    deliver(jobs) {
      const queues = new Set(jobs.map(({ queue }) => queue));
      for (const waiter of waiters) if (waiter.queues.some((queue) => queues.has(queue))) waiter.wake();
    },
    async next(queues, worker, leaseMs, signal) {
      const ended = AbortSignal.any([signal, closed.signal]);
      while (!ended.aborted) {
        // Listens before it looks, so no job delivered in between is missed.
        const waiter = waiterOf(queues);
        ended.addEventListener('abort', waiter.wake, { once: true });
        let stopTimer = () => {};
        try {
          const { job, dueAt } = await ledger.system(async (tx) => {
            const job = await tx.claimJob({ queues, worker, leaseMs });
            return { job, dueAt: job ? undefined : await tx.nextDueAt(queues) };
          });
          if (job) return job;
          const delayMs = Math.min(Math.max((dueAt ?? Number.POSITIVE_INFINITY) - now(), 1), POLL_MS);
          stopTimer = timers.after(delayMs, waiter.wake);
          await waiter.woken;
        } finally {
          stopTimer();
          ended.removeEventListener('abort', waiter.wake);
          waiters.delete(waiter);
        }
      }
      return undefined;
    },
    async close() {
      closed.abort();
    },
  };
}
