import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { openTestLedger } from '../../test/fakes/ledger.ts';
import { recordingLog } from '../../test/fakes/recording-log.ts';
import { gate } from '../../test/fakes/workplace.ts';
import { leasedTurns } from '../core/leases.ts';
import { AppError } from '../core/errors.ts';
import type { Ledger } from '../ports/ledger.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import { ledgerLeases } from './leases.ts';

let ledger: Ledger;
let clock: FakeClock;
let log: ReturnType<typeof recordingLog>;
let close: () => Promise<void>;
beforeEach(async () => {
  clock = fakeClock();
  log = recordingLog();
  const opened = await openTestLedger();
  ledger = opened.ledger;
  close = async () => {
    await opened.queue.close();
    await ledger.close();
  };
});
afterEach(() => close());

const of = (process: string, over = ledger) => ledgerLeases({ ledger: over, process, timers: clock, log });
const lasting = () => new AbortController().signal;
const held = () => ledger.readsOf(SYSTEM_OWNER).table('leases').count();
/** Lets everything end that waits for no time. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await ledger.readsOf(SYSTEM_OWNER).table('leases').count();
}
/** The same ledger, where writes are kept but whoever wrote does not hear of it. */
function answersLost() {
  let lost = 0;
  let writes = 0;
  const losing: Ledger = {
    ...ledger,
    async forOwner(...given) {
      writes++;
      const lose = lost-- > 0;
      const done = ledger.forOwner(...given);
      if (!lose) return done;
      await done.catch(() => undefined);
      throw new AppError('unavailable', 'The connection was lost.');
    },
  };
  return { ledger: losing, next: (count: number) => void (lost = count), writes: () => writes };
}
/** Lets time go on until the promise settles. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  void promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await eventually(() => {
    clock.advance(50);
    return settled;
  });
  return promise;
}

describe('a lease', () => {
  it('lets one process work at a time, and the next when it has ended or failed', async () => {
    const [a, b] = [of('a'), of('b')];
    const order: string[] = [];
    const open = gate();
    const first = a.hold('work', async () => {
      order.push('a begins');
      await open.opened;
      order.push('a ends');
      throw new AppError('internal', 'no');
    });
    await eventually(async () => (await held()) === 1);
    const second = b.hold('work', async () => void order.push('b'));
    const other = b.hold('other work', async () => void order.push('other'));
    await other;
    open.open();
    await expect(first).rejects.toThrow('no');
    await inTime(second);
    expect(order).toEqual(['a begins', 'other', 'a ends', 'b']);
    expect(await held()).toBe(0);
  });

  it('is not waited for by who only tries, nor for ever', async () => {
    const [a, b] = [of('a'), of('b')];
    const open = gate();
    const first = a.hold('work', () => open.opened);
    await eventually(async () => (await held()) === 1);
    expect(await b.tryHold('work', async () => 1)).toBeUndefined();
    const leaving = new AbortController();
    const waiting = b.hold('work', async () => 1, leaving.signal);
    leaving.abort();
    await expect(waiting).rejects.toThrow(/abort/);
    open.open();
    await first;
    expect(await b.tryHold('work', async () => 1)).toBe(1);
  });

  it('can be asked to end by another process, which then waits for that', async () => {
    const [a, b] = [of('a'), of('b')];
    let ended = false;
    const first = a.hold('work', async (ending) => {
      await new Promise((resolve) => ending.addEventListener('abort', resolve));
      ended = true;
    });
    await eventually(async () => (await held()) === 1);
    expect(await inTime(b.end('work', lasting()))).toBe(true);
    expect(ended).toBe(true);
    await first;
    expect(await b.end('work', lasting())).toBe(false);
  });

  it('tells the work when it was given away', async () => {
    const told = of('a').hold('work', async (ending) => {
      await ledger.forOwner(SYSTEM_OWNER, (tx) => tx.table('leases').remove({ name: 'work' }));
      await new Promise((resolve) => ending.addEventListener('abort', resolve));
    });
    await inTime(told);
    expect(log.entries.map(({ event }) => event)).toEqual(['lease-lost']);
  });

  it('does not give back what another process has by then', async () => {
    const theirs = { name: 'work', process: 'b', ending: 0 } as const;
    await of('a').hold('work', () =>
      ledger.forOwner(SYSTEM_OWNER, (tx) => tx.table('leases').upsert(theirs)),
    );
    expect(await held()).toBe(1);
  });

  it('is given back later when the ledger cannot be reached', async () => {
    let broken = false;
    const flaky: Ledger = {
      ...ledger,
      forOwner: (...given) =>
        broken ? Promise.reject(new AppError('unavailable', 'no')) : ledger.forOwner(...given),
    };
    const a = of('a', flaky);
    await a.hold('work', async () => {
      broken = true;
    });
    expect(await held()).toBe(1);
    broken = false;
    await eventually(async () => {
      clock.advance(2_000);
      return (await held()) === 0;
    });
    await a.close();
  });

  it('is not taken from who has taken it again since it could not be given back', async () => {
    const loses = answersLost();
    const a = of('a', loses.ledger);
    // The row goes, but nobody hears of it.
    await a.hold('work', async () => loses.next(1));
    const open = gate();
    const again = a.hold('work', () => open.opened);
    await eventually(async () => (await held()) === 1);
    clock.advance(10_000);
    await quiet();
    expect(await held()).toBe(1);
    open.open();
    await again;
    expect(await held()).toBe(0);
    await a.close();
  });

  it('is given back when nobody heard that it was taken', async () => {
    const loses = answersLost();
    const a = of('a', loses.ledger);
    loses.next(1);
    await expect(a.hold('work', async () => 1)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await held()).toBe(1);
    await eventually(async () => {
      clock.advance(2_000);
      return (await held()) === 0;
    });
    await a.close();
  });

  it('of this process is kept also where nobody heard that it was not given twice', async () => {
    const loses = answersLost();
    const a = of('a', loses.ledger);
    const open = gate();
    const first = a.hold('work', () => open.opened);
    await eventually(async () => (await held()) === 1);
    loses.next(1);
    const second = await a.tryHold('work', async () => 1).catch(() => undefined);
    clock.advance(10_000);
    await quiet();
    expect(second).toBeUndefined();
    expect(await held()).toBe(1);
    open.open();
    await first;
    await a.close();
  });

  it('is only looked at while another process has it', async () => {
    const [a, counted] = [of('a'), answersLost()];
    const open = gate();
    const first = a.hold('work', () => open.opened);
    await eventually(async () => (await held()) === 1);
    const second = of('b', counted.ledger).hold('work', async () => undefined);
    for (let looks = 0; looks < 10; looks++) {
      clock.advance(100);
      await quiet();
    }
    expect(counted.writes()).toBe(1);
    open.open();
    await first;
    await inTime(second);
  });

  it('that cannot be seen is told once, and once when it is seen again', async () => {
    let broken = false;
    const flaky: Ledger = {
      ...ledger,
      readsOf(owner) {
        if (broken) throw new AppError('unavailable', 'no');
        return ledger.readsOf(owner);
      },
    };
    const open = gate();
    const first = of('a', flaky).hold('work', () => open.opened);
    await eventually(() => clock.waiting() === 1);
    for (const away of [true, true, true, false, false]) {
      broken = away;
      clock.advance(500);
      await eventually(() => clock.waiting() === 1);
    }
    open.open();
    await first;
    expect(log.entries.map(({ event }) => event)).toEqual(['leases-not-reached', 'leases-reached-again']);
  });
});

it('turns go from process to process, and in order within one', async () => {
  const [a, b] = [leasedTurns(of('a'), 'about'), leasedTurns(of('b'), 'about')];
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  await inTime(Promise.all([a('key', work), b('key', work), a('key', work), b('key', work)]));
  expect(most).toBe(1);
});
