import type { Log } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Timers } from '../core/timers.ts';
import { trouble } from '../core/trouble.ts';
import type { Ledger, Reads } from '../ports/ledger.ts';
import { type ProcessRow, SYSTEM_OWNER } from '../ports/ledger-rows.ts';

/** Ids of the processes that may be at work; what others left is to be taken up. */
export type Living = ReadonlySet<string | null>;

/** The processes that work on a ledger. */
export interface Processes {
  /** Ask after what it is asked about was read: whoever wrote that was living before. */
  living(): Promise<Living>;
  /**
   * To be awaited before each write that other processes must not find done behind their backs. Resolves at once as long as
   * none of them can have given this one up; after a standstill when that is known. Throws `unavailable` when they have, and
   * for some seconds after it, so that what was begun before ends.
   */
  standing(): Promise<void>;
  /** Says that this one is gone; what it holds is free. */
  close(): Promise<void>;
}

interface ProcessesDeps {
  readonly ledger: Ledger;
  /** Name of this process in the ledger's rows. */
  readonly process: string;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

/** How often a process shows that it lives and looks after the others. */
export const BEAT_MS = 2_000;
/**
 * So many looks in a row that see another one stand still, while this one lived and reached the ledger, and it is given up:
 * after 16 to 20 s, so sooner than the lease of a job runs out and its next attempt wants what the process held.
 */
export const LOOKS = 8;
/** A process that has not shown for so long that it lives may be given up soon: less than others wait, by what a write takes. */
export const DOUBT_MS = BEAT_MS * (LOOKS - 2);
/** How long a process that was given up writes nothing: longer than it takes until its work notices. */
export const REFUSED_MS = 5_000;

/** A process that has its ledger alone, as the lock of a data folder proves: all others are gone. */
export function onlyProcess(process: string): Processes {
  const living = new Set([process]);
  return { living: async () => living, standing: async () => undefined, close: async () => undefined };
}

const rowsOf = (reads: Reads) => reads.table('processes').list();

/** Says whether this process was still among the living. */
async function beat({ ledger, process }: ProcessesDeps): Promise<boolean> {
  return ledger.forOwner(SYSTEM_OWNER, async (tx) => {
    const processes = tx.table('processes');
    const row = await processes.get({ id: process });
    if (row === undefined) await processes.insert({ id: process, startedAt: tx.now, beats: 0 });
    else await processes.update({ id: process }, { beats: row.beats + 1 });
    return row !== undefined;
  });
}

/** What this process knows of its own standing among the others. */
function ownStanding({ now, log, process }: ProcessesDeps) {
  let shownAt = now();
  let refusedUntil = 0;
  let round = Promise.withResolvers<void>();
  const roundEnded = () => {
    round.resolve();
    round = Promise.withResolvers();
  };
  const inDoubt = () => now() - shownAt >= DOUBT_MS;
  return {
    /** A beat that began then came through. */
    shown(begunAt: number, wasLiving: boolean) {
      shownAt = begunAt;
      if (!wasLiving) {
        refusedUntil = now() + REFUSED_MS;
        log.warn('process-was-given-up', { process });
      }
      roundEnded();
    },
    failed: roundEnded,
    async standing() {
      // The first one to end may have begun before the standstill.
      for (let rounds = 0; rounds < 2 && inDoubt(); rounds++) await round.promise;
      if (inDoubt()) throw new AppError('unavailable', 'This process cannot show the others that it lives.');
      if (now() < refusedUntil)
        throw new AppError('unavailable', 'This process stood still; others have taken up its work.');
    },
  };
}

/** Removes a process that stood still, and whatever is held by one that is not there. */
async function tidy({ ledger, process }: ProcessesDeps, still: readonly ProcessRow[]): Promise<void> {
  for (const { id, beats } of still)
    await ledger.forOwner(SYSTEM_OWNER, (tx) => tx.table('processes').remove({ id, beats }));
  const leases = await ledger.readsOf(SYSTEM_OWNER).table('leases').list();
  if (leases.every((lease) => lease.process === process)) return;
  const ids = new Set((await rowsOf(ledger.readsOf(SYSTEM_OWNER))).map(({ id }) => id));
  for (const lease of leases)
    if (!ids.has(lease.process) && lease.process !== process)
      await ledger.forOwner(SYSTEM_OWNER, (tx) =>
        tx.table('leases').remove({ name: lease.name, process: lease.process }),
      );
}

/** Counts for how many looks in a row each of the others has stood still. */
function watching(process: string) {
  const seen = new Map<string, { beats: number; looks: number }>();
  return (rows: readonly ProcessRow[]): ProcessRow[] => {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    return rows.filter(({ id, beats }) => {
      if (id === process) return false;
      const before = seen.get(id);
      const looks = before?.beats === beats ? before.looks + 1 : 0;
      seen.set(id, { beats, looks });
      return looks >= LOOKS;
    });
  };
}

/**
 * Enters this process among those that work on a ledger, shows that it lives, and gives up those that stand still: with
 * nothing but rows, so neither clocks nor connections have to agree. One that stood still and goes on enters itself again.
 */
export async function joinProcesses(deps: ProcessesDeps): Promise<Processes> {
  const { ledger, process, now, timers, log } = deps;
  const standingStill = watching(process);
  const own = ownStanding(deps);
  let closed = false;
  let cancelTimer = () => {};
  let beating = Promise.resolve();
  const reached = trouble({ log, begins: 'process-beat-failed', ends: 'process-beats-again' });
  const show = async () => {
    const begunAt = now();
    try {
      own.shown(begunAt, await beat(deps));
    } catch (error) {
      own.failed();
      throw error;
    }
  };
  const round = async () => {
    try {
      await show();
      const still = standingStill(await rowsOf(ledger.readsOf(SYSTEM_OWNER)));
      for (const { id } of still) log.warn('process-given-up', { process: id });
      await tidy(deps, still);
      reached.worked();
    } catch (error) {
      reached.failed({ error });
    }
    if (!closed) schedule();
  };
  const schedule = () => {
    cancelTimer = timers.after(BEAT_MS, () => {
      beating = round();
    });
  };
  await beat(deps);
  schedule();
  return {
    async living() {
      const rows = await rowsOf(ledger.readsOf(SYSTEM_OWNER));
      return new Set([process, ...rows.map(({ id }) => id)]);
    },
    standing: () => own.standing(),
    async close() {
      closed = true;
      cancelTimer();
      await beating;
      await ledger.forOwner(SYSTEM_OWNER, async (tx) => {
        await tx.table('leases').remove({ process });
        await tx.table('processes').remove({ id: process });
      });
    },
  };
}
