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
