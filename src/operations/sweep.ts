import type { Ctx, Log } from '../core/context.ts';
import { isAbort } from '../core/errors.ts';
import type { Timers } from '../core/timers.ts';
import { trouble } from '../core/trouble.ts';
import type { IntentRow } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Living } from './processes.ts';

/** Finishes or undoes a write that was begun and not ended; can run twice. Each room brings its own, by intent kind. */
export type IntentFinisher = (intent: IntentRow, ctx: Ctx) => Promise<void>;

export interface SweepDeps {
  readonly ledger: Ledger;
  readonly finishers: Readonly<Record<string, IntentFinisher>>;
  readonly log: Log;
  readonly now: () => number;
  readonly newId: () => string;
  /** Asked after what it is asked about was read. */
  readonly living: () => Promise<Living>;
  /** Ids of intents whose failure the log has already; kept from sweep to sweep. */
  readonly told?: Set<string>;
}

export interface SweepReport {
  readonly finished: number;
  /** Could not be finished, and wait for the next sweep. */
  readonly left: number;
}

const PAGE = 100;

/**
 * Hands every intent of a process that is gone, and those begun before `before` (ms since the epoch), oldest first, to the
 * finisher of its kind and removes it. An intent that fails, or whose kind nobody knows, stays and is logged. Ends early
 * when the signal is aborted.
 */
export async function sweepIntents(
  { before }: { readonly before: number },
  deps: SweepDeps,
  signal: AbortSignal,
): Promise<SweepReport> {
  let finished = 0;
  let left = 0;
  for (let goingOn = 0; ;) {
    const intents = await deps.ledger
      .systemReads()
      .table('intents')
      .list({
        orderBy: [
          ['createdAt', 'asc'],
          ['id', 'asc'],
        ],
        limit: PAGE,
        // Those that stay are the first ones of what is left.
        offset: left + goingOn,
      });
    const living = intents.length > 0 ? await deps.living() : undefined;
    for (const intent of intents) {
      if (signal.aborted) return { finished, left };
      if (living?.has(intent.process) && intent.createdAt >= before) {
        goingOn++;
        continue;
      }
      if (await finish(intent, deps, signal)) finished++;
      else left++;
    }
    if (intents.length < PAGE) return { finished, left };
  }
}

async function finish(intent: IntentRow, deps: SweepDeps, signal: AbortSignal): Promise<boolean> {
  const { ownerId, id, kind } = intent;
  const finisher = deps.finishers[kind];
  const tell = (event: string, fields: { readonly error?: unknown } = {}) => {
    if (!deps.told?.has(id)) deps.log.error(event, { intentId: id, kind, ...fields });
    deps.told?.add(id);
  };
  if (!finisher) {
    tell('intent-unknown');
    return false;
  }
  try {
    const { now, newId, log } = deps;
    await finisher(intent, { ownerId, signal, now, newId, log });
    await deps.ledger.forOwner(ownerId, (tx) => tx.table('intents').remove({ id }));
    deps.told?.delete(id);
    return true;
  } catch (error) {
    if (!isAbort(error)) tell('intent-not-finished', { error });
    return false;
  }
}

export interface SweeperOptions {
  /** Default: every 10 minutes. */
  readonly everyMs?: number;
  /**
   * A write that takes longer than this is taken for broken off also where its process lives, as when a store went away in
   * its middle; default 10 minutes.
   */
  readonly brokenAfterMs?: number;
}

export interface Sweeper {
  /** Settles when the first sweep is over. */
  readonly started: Promise<SweepReport>;
  stop(): Promise<void>;
}

/** Sweeps what processes left that are gone, and time and again what those that live could not end. */
export function startSweeper(
  deps: SweepDeps & {
    readonly timers: Timers;
    /** Settles the calls of models that a process left in the middle. */
    readonly settleCalls: () => Promise<unknown>;
  },
  options: SweeperOptions = {},
): Sweeper {
  const { everyMs = 10 * 60_000, brokenAfterMs = 10 * 60_000 } = options;
  const stopping = new AbortController();
  const { log } = deps;
  const sweeping = trouble({ log, level: 'error', begins: 'sweep-failed', ends: 'sweep-works-again' });
  const told = new Set<string>();
  let cancelTimer = () => {};
  const sweep = async (): Promise<SweepReport> => {
    try {
      await deps.settleCalls();
      const before = deps.now() - brokenAfterMs;
      const report = await sweepIntents({ before }, { ...deps, told }, stopping.signal);
      sweeping.worked();
      return report;
    } catch (error) {
      sweeping.failed({ error });
      return { finished: 0, left: 0 };
    } finally {
      if (!stopping.signal.aborted) cancelTimer = deps.timers.after(everyMs, again);
    }
  };
  let running: Promise<SweepReport>;
  const again = () => {
    running = sweep();
  };
  const started = sweep();
  running = started;
  return {
    started,
    async stop() {
      stopping.abort();
      cancelTimer();
      await running;
    },
  };
}
