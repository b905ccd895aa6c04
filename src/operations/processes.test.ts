import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../test/fakes/clock.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { openTestLedger } from '../../test/fakes/ledger.ts';
import { recordingLog } from '../../test/fakes/recording-log.ts';
import { gate } from '../../test/fakes/workplace.ts';
import { AppError } from '../core/errors.ts';
import type { Ledger, Reads } from '../ports/ledger.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import { BEAT_MS, DOUBT_MS, joinProcesses, LOOKS, onlyProcess, REFUSED_MS } from './processes.ts';

let ledger: Ledger;
/** While it is, the ledger takes nothing. */
let broken: boolean;
/** While it is, the ledger cannot be read. */
let blind: boolean;
/** The ledger takes nothing before. */
let busy: Promise<void> | undefined;
let close: () => Promise<void>;
let log: ReturnType<typeof recordingLog>;
beforeEach(async () => {
  log = recordingLog();
  const opened = await openTestLedger();
  [broken, blind, busy] = [false, false, undefined];
  const away = new AppError('unavailable', 'no');
  ledger = {
    ...opened.ledger,
    async forOwner(...given) {
      await busy;
      if (broken) throw away;
      return opened.ledger.forOwner(...given);
    },
    readsOf(ownerId) {
      if (!blind) return opened.ledger.readsOf(ownerId);
      const list = () => new Promise((_, reject) => setImmediate(() => reject(away)));
      return { table: () => ({ list }) } as unknown as Reads;
    },
  };
  close = async () => {
    await opened.queue.close();
    await ledger.close();
  };
});
afterEach(() => close());

/** A process with a clock of its own, which stands still when nobody moves it. */
async function join(process: string) {
  const ticking = fakeClock();
  let stoodMs = 0;
  const clock = {
    ...ticking,
    now: () => ticking.now() + stoodMs,
    /** Time goes by, and the process does nothing. */
    stand(ms: number) {
      stoodMs += ms;
    },
  };
  const processes = await joinProcesses({ ledger, process, now: clock.now, timers: clock, log });
  const lives = async () => {
    clock.advance(BEAT_MS);
    await eventually(() => clock.waiting() === 1);
  };
  return { ...processes, clock, lives };
}

const hold = (name: string, process: string) =>
  ledger.forOwner(SYSTEM_OWNER, (tx) => tx.table('leases').insert({ name, process, ending: 0 }));
const held = async () => (await ledger.readsOf(SYSTEM_OWNER).table('leases').list()).map(({ name }) => name);

describe('processes that share a ledger', () => {
  it('know each other until one is closed', async () => {
    const [a, b] = [await join('a'), await join('b')];
    expect(await a.living()).toEqual(new Set(['a', 'b']));
    await hold('work', 'b');
    await b.close();
    expect([...(await a.living())]).toEqual(['a']);
    expect(await held()).toEqual([]);
    await a.close();
  });

  it('give up one that stands still, with what it holds, but none that lives', async () => {
    const [a, b, c] = [await join('a'), await join('b'), await join('c')];
    await hold('of b', 'b');
    await hold('of c', 'c');
    for (let look = 0; look < LOOKS; look++) {
      await c.lives();
      await a.lives();
    }
    expect(await a.living()).toContain('b');
    await c.lives();
    await a.lives();
    expect(await a.living()).toEqual(new Set(['a', 'c']));
    expect(await held()).toEqual(['of c']);
    expect(log.entries).toMatchObject([{ event: 'process-given-up', fields: { process: 'b' } }]);
    await Promise.all([a.close(), b.close(), c.close()]);
  });

  it('do not give each other up after all stood still, however late it is then', async () => {
    const [a, b] = [await join('a'), await join('b')];
    await a.lives();
    await b.lives();
    a.clock.advance(24 * 60 * 60_000);
    await eventually(() => a.clock.waiting() === 1);
    expect(await a.living()).toContain('b');
    await Promise.all([a.close(), b.close()]);
  });

  it('take back one that goes on', async () => {
    const [a, b] = [await join('a'), await join('b')];
    for (let look = 0; look <= LOOKS; look++) await a.lives();
    expect(await a.living()).not.toContain('b');
    await b.lives();
    expect(await a.living()).toContain('b');
    await Promise.all([a.close(), b.close()]);
  });

  it('may write as long as they show that they live', async () => {
    const a = await join('a');
    for (let beats = 0; beats < 2 * LOOKS; beats++) {
      await a.lives();
      await expect(a.standing()).resolves.toBeUndefined();
    }
    await a.close();
  });

  it('write nothing after a standstill until they know whether they were given up', async () => {
    const a = await join('a');
    a.clock.stand(DOUBT_MS);
    let written = false;
    const writing = a.standing().then(() => (written = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(false);
    await a.lives();
    await writing;
    await a.close();
  });

  it('may write after a standstill that began in the middle of a beat, though the others could not be seen then', async () => {
    const a = await join('a');
    const open = gate();
    busy = open.opened;
    a.clock.advance(BEAT_MS);
    a.clock.stand(DOUBT_MS);
    const writing = a.standing();
    writing.catch(() => undefined);
    blind = true;
    open.open();
    await eventually(() => a.clock.waiting() === 1);
    blind = false;
    await a.lives();
    await expect(writing).resolves.toBeUndefined();
    await a.close();
  });

  it('write nothing when they were given up, until what they had begun has ended', async () => {
    const [a, b] = [await join('a'), await join('b')];
    for (let look = 0; look <= LOOKS; look++) await a.lives();
    b.clock.stand(LOOKS * BEAT_MS);
    const [writing] = await Promise.allSettled([b.standing(), b.lives()]);
    expect(writing).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(log.entries.map(({ event }) => event)).toEqual(['process-given-up', 'process-was-given-up']);
    b.clock.stand(REFUSED_MS);
    await b.lives();
    await b.standing();
    await Promise.all([a.close(), b.close()]);
  });

  it('write nothing while the ledger cannot be told that they live', async () => {
    const a = await join('a');
    a.clock.stand(DOUBT_MS);
    broken = true;
    const [writing] = await Promise.allSettled([a.standing(), a.lives().then(() => a.lives())]);
    expect(writing).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    broken = false;
    await a.lives();
    await a.standing();
    await a.close();
  });

  it('tell once that the ledger cannot be reached, and once that it can again', async () => {
    const a = await join('a');
    for (const away of [true, true, true, false, false]) {
      broken = away;
      await a.lives();
    }
    expect(log.entries.map(({ event }) => event)).toEqual(['process-beat-failed', 'process-beats-again']);
    await a.close();
  });

  it('free what is held by one that nobody knows', async () => {
    const a = await join('a');
    await hold('work', 'long gone');
    await a.lives();
    expect(await held()).toEqual([]);
    await a.close();
  });
});

it('a process that has its ledger alone takes all others for gone', async () => {
  expect([...(await onlyProcess('me').living())]).toEqual(['me']);
});
