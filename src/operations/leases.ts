import { AppError } from '../core/errors.ts';
import type { Leases } from '../core/leases.ts';
import type { Log } from '../core/context.ts';
import type { Timers } from '../core/timers.ts';
import type { Ledger } from '../ports/ledger.ts';
import { type LeaseRow, SYSTEM_OWNER } from '../ports/ledger-rows.ts';

interface LeasesDeps {
  readonly ledger: Ledger;
  /** Name of this process, which is among the living ones as long as it holds anything. */
  readonly process: string;
  readonly timers: Timers;
  readonly log: Log;
}

/** How often a waiting process looks whether the other has ended. */
const LOOK_EVERY_MS = 100;
/** How often work looks whether its end is asked for; short work is over before. */
const ENDING_EVERY_MS = 500;
const AGAIN_MS = 2_000;

async function pause(ms: number, timers: Timers, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const cancelTimer = timers.after(ms, end);
  signal?.addEventListener('abort', end, { once: true });
  await promise;
  cancelTimer();
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
}

/** Takes the name unless it is taken: its row is unique. */
async function take(name: string, { ledger, process }: LeasesDeps): Promise<boolean> {
  try {
    await ledger.forOwner(SYSTEM_OWNER, (tx) => tx.table('leases').insert({ name, process, ending: 0 }));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return false;
    throw error;
  }
}

/** Gives names back, again and again while the ledger cannot be reached; when the process goes, they are free anyway. */
function releasing({ ledger, process, timers, log }: LeasesDeps) {
  const waiting = new Set<() => void>();
  let closed = false;
  const release = async (name: string): Promise<void> => {
    try {
      await ledger.forOwner(SYSTEM_OWNER, (tx) => tx.table('leases').remove({ name, process }));
    } catch (error) {
      log.warn('lease-not-released', { name, error });
      if (closed) return;
      const cancelTimer = timers.after(AGAIN_MS, () => {
        waiting.delete(cancelTimer);
        void release(name);
      });
      waiting.add(cancelTimer);
    }
  };
  return {
    release,
    close() {
      closed = true;
      for (const cancelTimer of waiting) cancelTimer();
    },
  };
}

/** Aborts when the row says that its end is asked for, or tells no more of this process. */
function watchEnding(name: string, { ledger, process, timers, log }: LeasesDeps) {
  const ending = new AbortController();
  let closed = false;
  let cancelTimer = () => {};
  const look = async () => {
    try {
      const row = await ledger.readsOf(SYSTEM_OWNER).table('leases').get({ name, process });
      if (row === undefined && !closed) log.warn('lease-lost', { name });
      if (row?.ending !== 0) ending.abort();
    } catch (error) {
      log.warn('lease-not-seen', { name, error });
    }
    if (!closed && !ending.signal.aborted) schedule();
  };
  const schedule = () => {
    cancelTimer = timers.after(ENDING_EVERY_MS, () => void look());
  };
  schedule();
  return {
    signal: ending.signal,
    close() {
      closed = true;
      cancelTimer();
    },
  };
}

/** Leases as unique rows of a ledger that several processes share; `joinProcesses` frees those of a process that is gone. */
export function ledgerLeases(deps: LeasesDeps): Leases & { close(): Promise<void> } {
  const { ledger, process, timers } = deps;
  const given = releasing(deps);
  const withTaken = async <T>(name: string, work: (ending: AbortSignal) => Promise<T>): Promise<T> => {
    const watch = watchEnding(name, deps);
    try {
      return await work(watch.signal);
    } finally {
      watch.close();
      await given.release(name);
    }
  };
  const elsewhere = async (name: string): Promise<LeaseRow | undefined> =>
    ledger
      .readsOf(SYSTEM_OWNER)
      .table('leases')
      .get({ name, process: { not: process } });
  const freed = async (name: string, signal: AbortSignal) => {
    while ((await elsewhere(name)) !== undefined) await pause(LOOK_EVERY_MS, timers, signal);
  };
  return {
    async hold(name, work, waiting) {
      while (!(await take(name, deps))) await pause(LOOK_EVERY_MS, timers, waiting);
      return withTaken(name, work);
    },
    tryHold: async (name, work) => ((await take(name, deps)) ? withTaken(name, work) : undefined),
    freed,
    async end(name, signal) {
      if ((await elsewhere(name)) === undefined) return false;
      const asked = await ledger.forOwner(SYSTEM_OWNER, (tx) =>
        tx.table('leases').update({ name }, { ending: 1 }),
      );
      await freed(name, signal);
      return asked > 0;
    },
    close: async () => given.close(),
  };
}
