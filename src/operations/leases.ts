import { AppError } from '../core/errors.ts';
import type { Leases } from '../core/leases.ts';
import type { Log } from '../core/context.ts';
import { pause } from '../core/pause.ts';
import type { Timers } from '../core/timers.ts';
import { type Trouble, trouble } from '../core/trouble.ts';
import type { Ledger } from '../ports/ledger.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';

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

interface Names {
  /** Takes the name unless it is taken. Throws where that is not known; then it is given back. */
  take(name: string): Promise<boolean>;
  /** Gives it back, again and again while the ledger cannot be reached; when the process goes, it is free anyway. */
  release(name: string): Promise<void>;
  close(): void;
}

/** Names that may have a row of this process which nobody uses; after a while `remove` is called for each. */
function owedNames(timers: Timers, remove: (name: string) => void) {
  const waiting = new Map<string, () => void>();
  let closed = false;
  const settled = (name: string) => {
    waiting.get(name)?.();
    waiting.delete(name);
  };
  return {
    has: (name: string) => waiting.has(name),
    settled,
    add(name: string) {
      settled(name);
      if (!closed)
        waiting.set(
          name,
          timers.after(AGAIN_MS, () => remove(name)),
        );
    },
    close() {
      closed = true;
      for (const name of waiting.keys()) settled(name);
    },
  };
}

/** The names of this process: unique rows, and what is known of those whose answer was lost on the way. */
function ownNames({ ledger, process, timers }: LeasesDeps, reached: Trouble): Names {
  /** Held, or being taken or given back at this moment. */
  const mine = new Set<string>();
  const owed = owedNames(timers, (name) => {
    // Whoever takes it meanwhile removes that row first.
    if (mine.has(name)) return;
    mine.add(name);
    void release(name);
  });
  const release = async (name: string): Promise<void> => {
    try {
      await ledger.forOwner(SYSTEM_OWNER, (tx) => tx.table('leases').remove({ name, process }));
      owed.settled(name);
      reached.worked();
    } catch (error) {
      reached.failed({ name, error });
      owed.add(name);
    } finally {
      mine.delete(name);
    }
  };
  const insert = (name: string) =>
    ledger.forOwner(SYSTEM_OWNER, async (tx) => {
      const leases = tx.table('leases');
      if (owed.has(name)) await leases.remove({ name, process });
      await leases.insert({ name, process, ending: 0 });
    });
  const take = async (name: string): Promise<boolean> => {
    if (mine.has(name)) return false;
    mine.add(name);
    try {
      await insert(name);
      owed.settled(name);
      return true;
    } catch (error) {
      mine.delete(name);
      if (error instanceof AppError && error.code === 'conflict') {
        // The row is another's.
        owed.settled(name);
        return false;
      }
      owed.add(name);
      throw error;
    }
  };
  return { take, release, close: () => owed.close() };
}

/** Aborts when the row says that its end is asked for, or tells no more of this process. */
function watchEnding(name: string, { ledger, process, timers, log }: LeasesDeps, reached: Trouble) {
  const ending = new AbortController();
  let closed = false;
  let cancelTimer = () => {};
  const look = async () => {
    try {
      const row = await ledger.readsOf(SYSTEM_OWNER).table('leases').get({ name, process });
      if (row === undefined && !closed) log.warn('lease-lost', { name });
      if (row?.ending !== 0) ending.abort();
      reached.worked();
    } catch (error) {
      reached.failed({ name, error });
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
  const { ledger, process, timers, log } = deps;
  const reached = trouble({ log, begins: 'leases-not-reached', ends: 'leases-reached-again' });
  const names = ownNames(deps, reached);
  const withTaken = async <T>(name: string, work: (ending: AbortSignal) => Promise<T>): Promise<T> => {
    const watch = watchEnding(name, deps, reached);
    try {
      return await work(watch.signal);
    } finally {
      watch.close();
      await names.release(name);
    }
  };
  const reads = () => ledger.readsOf(SYSTEM_OWNER).table('leases');
  const elsewhere = async (name: string): Promise<boolean> =>
    (await reads().get({ name, process: { not: process } })) !== undefined;
  const freed = async (name: string, signal?: AbortSignal) => {
    while (await elsewhere(name)) await pause(LOOK_EVERY_MS, timers, signal);
  };
  return {
    async hold(name, work, waiting) {
      while (!(await names.take(name))) {
        await pause(LOOK_EVERY_MS, timers, waiting);
        await freed(name, waiting);
      }
      return withTaken(name, work);
    },
    tryHold: async (name, work) => ((await names.take(name)) ? withTaken(name, work) : undefined),
    freed,
    async end(name, signal) {
      if (!(await elsewhere(name))) return false;
      const asked = await ledger.forOwner(SYSTEM_OWNER, (tx) =>
        tx.table('leases').update({ name, process: { not: process } }, { ending: 1 }),
      );
      await freed(name, signal);
      return asked > 0;
    },
    close: async () => names.close(),
  };
}
