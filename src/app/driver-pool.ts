import type { Log } from '../core/context.ts';
import type { Timers } from '../core/timers.ts';
import { type CircuitBreaker, circuitBreaker } from '../operations/models/circuit-breaker.ts';
import type { LanguageModel, ReadyModel } from '../ports/language-model.ts';

/** An open driver, with what its earlier calls have shown. */
export interface PooledModel {
  readonly driver: ReadyModel;
  readonly breaker: CircuitBreaker;
}

/** Where a driver is used, and everything that it was opened with as one text. */
export interface DriverKey {
  readonly place: string;
  readonly content: string;
}

/** The drivers that are open; what is not used for a while is closed, and what was replaced as soon as nobody uses it. */
export interface DriverPool {
  get(key: DriverKey, open: () => Promise<LanguageModel>): Promise<PooledModel>;
  close(): Promise<void>;
}

interface Entry {
  readonly pooled: Promise<PooledModel>;
  readonly model: Promise<LanguageModel>;
  users: number;
  replaced: boolean;
  cancelTimer: () => void;
}

interface PoolDeps {
  readonly timers: Timers;
  readonly now: () => number;
  readonly log: Log;
  /** So long unused, a driver is closed. */
  readonly idleMs: number;
}

/** Between being given out and its first call, a replaced driver stays open. */
const REPLACED_MS = 10_000;

/** A model that notes when it is in use. */
function counted(model: LanguageModel, begin: () => void, end: () => void): ReadyModel {
  return {
    facts: model.facts,
    async *stream(request, signal) {
      begin();
      try {
        yield* model.stream(request, signal);
      } finally {
        end();
      }
    },
  };
}

/** A driver that is being opened; `rest` is called whenever a call of it has ended. */
function entryOf(model: Promise<LanguageModel>, now: () => number, rest: (entry: Entry) => void): Entry {
  const begin = () => {
    entry.users += 1;
    entry.cancelTimer();
  };
  const end = () => {
    entry.users -= 1;
    rest(entry);
  };
  const entry: Entry = {
    model,
    pooled: model.then((opened) => ({
      driver: counted(opened, begin, end),
      breaker: circuitBreaker({ now }),
    })),
    users: 0,
    replaced: false,
    cancelTimer: () => {},
  };
  return entry;
}

export function driverPool({ timers, now, log, idleMs }: PoolDeps): DriverPool {
  const open = new Map<string, Entry>();
  const current = new Map<string, string>();

  const closeEntry = async (id: string, entry: Entry) => {
    entry.cancelTimer();
    if (open.get(id) === entry) open.delete(id);
    try {
      await (await entry.model).close();
    } catch (cause) {
      log.error('model-not-closed', { cause });
    }
  };
  const rest = (id: string, entry: Entry) => {
    entry.cancelTimer();
    if (entry.users > 0) return;
    const ms = entry.replaced ? Math.min(REPLACED_MS, idleMs) : idleMs;
    entry.cancelTimer = timers.after(ms, () => void closeEntry(id, entry));
  };
  /** Notes which driver serves a place now; the one before goes as soon as it is idle. */
  const place = ({ place, content }: DriverKey): string => {
    const id = `${place} ${content}`;
    const before = current.get(place);
    current.set(place, id);
    const replaced = before === undefined || before === id ? undefined : open.get(before);
    if (before === undefined || replaced === undefined) return id;
    replaced.replaced = true;
    rest(before, replaced);
    return id;
  };
  return {
    async get(key, opener) {
      const id = place(key);
      const entry = open.get(id) ?? entryOf(opener(), now, (ended) => rest(id, ended));
      entry.replaced = false;
      open.set(id, entry);
      try {
        const pooled = await entry.pooled;
        rest(id, entry);
        return pooled;
      } catch (error) {
        open.delete(id);
        throw error;
      }
    },
    async close() {
      for (const [id, entry] of open) await closeEntry(id, entry);
    },
  };
}
