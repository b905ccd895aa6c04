import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts';
import { OWNER_A, OWNER_B } from '../../test/fakes/ctx.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { openTestLedger } from '../../test/fakes/ledger.ts';
import { recordingLog } from '../../test/fakes/recording-log.ts';
import { intentRow } from '../../test/fakes/rows.ts';
import { newId } from '../core/ids.ts';
import type { IntentRow } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';
import { type IntentFinisher, startSweeper, sweepIntents } from './sweep.ts';

const START = Date.UTC(2025, 0, 1);
const never = new AbortController().signal;

let clock: FakeClock;
let ledger: Ledger;
let log: ReturnType<typeof recordingLog>;
let close: () => Promise<void>;
beforeEach(async () => {
  clock = fakeClock(START);
  log = recordingLog();
  const opened = await openTestLedger({ now: clock.now, timers: clock });
  ledger = opened.ledger;
  close = async () => {
    await opened.queue.close();
    await opened.ledger.close();
  };
});
afterEach(() => close());

const add = async (changes: Partial<IntentRow> = {}, owner = OWNER_A) => {
  const intent = intentRow({ createdAt: START - 1_000, ...changes });
  await ledger.forOwner(owner, (tx) => tx.table('intents').insert(intent));
  return intent.id;
};
const left = async () => (await ledger.system((tx) => tx.table('intents').list())).map(({ id }) => id);
const deps = (finishers: Record<string, IntentFinisher>) => ({
  ledger,
  finishers,
  log,
  now: clock.now,
  newId,
  timers: clock,
  living: async () => new Set(['this one']),
  settleCalls: async () => 0,
});

describe('sweep', () => {
  it('hands each intent, oldest first, to the finisher of its kind as its owner, then removes it', async () => {
    await add({ subjectId: 'newer', createdAt: START - 1 });
    await add({ subjectId: 'older', createdAt: START - 2 }, OWNER_B);
    const seen: string[] = [];
    const write: IntentFinisher = async (intent, ctx) => {
      seen.push(`${intent.subjectId} ${ctx.ownerId}`);
    };
    const report = await sweepIntents({ before: START }, deps({ write }), never);
    expect(seen).toEqual([`older ${OWNER_B}`, `newer ${OWNER_A}`]);
    expect(report).toEqual({ finished: 2, left: 0 });
    expect(await left()).toEqual([]);
  });

  it('leaves what a living process began later', async () => {
    const id = await add({ createdAt: START, process: 'this one' });
    const write = () => Promise.reject(new Error('not to be called'));
    expect(await sweepIntents({ before: START }, deps({ write }), never)).toEqual({ finished: 0, left: 0 });
    expect(await left()).toEqual([id]);
  });

  it('keeps and logs what fails or is of no known kind, and goes on with the rest', async () => {
    const failing = await add({ subjectId: 'bad', createdAt: START - 9 });
    const unknown = await add({ kind: 'unheard-of', createdAt: START - 8 });
    for (let n = 0; n < 250; n++) await add();
    const write: IntentFinisher = async ({ subjectId }) => {
      if (subjectId === 'bad') throw new Error('no');
    };
    const report = await sweepIntents({ before: START }, deps({ write }), never);
    expect(report).toEqual({ finished: 250, left: 2 });
    expect(new Set(await left())).toEqual(new Set([failing, unknown]));
    expect(log.entries.map(({ event }) => event).sort()).toEqual(['intent-not-finished', 'intent-unknown']);
  });

  it('ends early when it is aborted, without calling that a failure', async () => {
    const stop = new AbortController();
    await add();
    await add();
    const write: IntentFinisher = async (_, { signal }) => {
      stop.abort();
      signal.throwIfAborted();
    };
    await sweepIntents({ before: START }, deps({ write }), stop.signal);
    expect(await left()).toHaveLength(2);
    expect(log.entries).toEqual([]);
  });
});

describe('sweeper', () => {
  it('finishes at start everything that earlier processes left', async () => {
    await add({ createdAt: START - 1 });
    const sweeper = startSweeper(deps({ write: async () => {} }));
    expect(await sweeper.started).toEqual({ finished: 1, left: 0 });
    await sweeper.stop();
  });

  it('later finishes only what a living process began long ago', async () => {
    const sweeper = startSweeper(deps({ write: async () => {} }), { everyMs: 100, brokenAfterMs: 1_000 });
    await sweeper.started;
    const old = await add({ createdAt: START, process: 'this one' });
    const young = await add({ createdAt: START + 900, process: 'this one' });
    await eventually(async () => {
      if (clock.now() < START + 1_200) clock.advance(100);
      return !(await left()).includes(old);
    });
    expect(await left()).toEqual([young]);
    await sweeper.stop();
  });

  it('later finishes what a process left that is gone by then', async () => {
    const living = new Set(['this one', 'another']);
    const there = { ...deps({ write: async () => {} }), living: async () => living };
    const sweeper = startSweeper(there, { everyMs: 100 });
    await sweeper.started;
    await add({ createdAt: START, process: 'another' });
    const going = await add({ createdAt: START, process: 'this one' });
    clock.advance(100);
    await eventually(() => clock.waiting() === 1);
    expect(await left()).toHaveLength(2);
    living.delete('another');
    clock.advance(100);
    await eventually(async () => (await left()).length === 1);
    expect(await left()).toEqual([going]);
    await sweeper.stop();
  });

  it('goes on after a sweep that failed', async () => {
    let broken = true;
    const real = ledger;
    const flaky: Ledger = {
      ...real,
      systemReads() {
        if (broken) throw new Error('no');
        return real.systemReads();
      },
    };
    const sweeper = startSweeper(
      { ...deps({ write: async () => {} }), ledger: flaky },
      { everyMs: 100, brokenAfterMs: 0 },
    );
    await sweeper.started;
    broken = false;
    await add();
    await eventually(async () => {
      clock.advance(100);
      return (await left()).length === 0;
    });
    expect(log.entries[0]?.event).toBe('sweep-failed');
    await sweeper.stop();
  });

  it('tells once that sweeping fails, and once that it works again', async () => {
    let broken = true;
    const settleCalls = () => (broken ? Promise.reject(new Error('no')) : Promise.resolve(0));
    const sweeper = startSweeper({ ...deps({}), settleCalls }, { everyMs: 100 });
    await sweeper.started;
    const again = async () => {
      clock.advance(100);
      await eventually(() => clock.waiting() === 1);
    };
    await again();
    await again();
    broken = false;
    await again();
    await again();
    expect(log.entries.map(({ event }) => event)).toEqual(['sweep-failed', 'sweep-works-again']);
    await sweeper.stop();
  });

  it('tells of what cannot be finished once, however often it tries', async () => {
    await add({ process: 'gone' });
    await add({ process: 'gone', kind: 'unheard-of' });
    let tries = 0;
    const write = () => {
      tries++;
      return Promise.reject(new Error('no'));
    };
    const sweeper = startSweeper(deps({ write }), { everyMs: 100 });
    await sweeper.started;
    for (let again = 0; again < 3; again++) {
      clock.advance(100);
      await eventually(() => clock.waiting() === 1);
    }
    expect(tries).toBe(4);
    expect(log.entries.map(({ event }) => event).sort()).toEqual(['intent-not-finished', 'intent-unknown']);
    await sweeper.stop();
  });

  it('leaves no timer behind when it is stopped', async () => {
    const sweeper = startSweeper(deps({}));
    await sweeper.started;
    await sweeper.stop();
    expect(clock.waiting()).toBe(0);
  });
});
