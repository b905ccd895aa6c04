import { getEventListeners } from 'node:events';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts';
import { recordingLog } from '../../test/fakes/recording-log.ts';
import { gate } from '../../test/fakes/workplace.ts';
import { AppError } from '../core/errors.ts';
import { aloneLeases, type Leases } from '../core/leases.ts';
import { newId } from '../core/ids.ts';
import type { AnswerEvent } from '../wire/sessions.ts';
import { type AnswerWork, type LiveAnswer, type LiveAnswers, liveAnswers } from './live-answers.ts';

const KEY = { ownerId: 'owner', answerId: 'answer', roots: ['session'] };
const delta = (text: string): AnswerEvent => ({ kind: 'answer-delta', text });

let clock: FakeClock;
let live: LiveAnswers;
let log: ReturnType<typeof recordingLog>;
beforeEach(() => {
  clock = fakeClock();
  log = recordingLog();
  live = liveAnswers({ timers: clock, newId, log, leases: aloneLeases() });
});

function saying(...texts: readonly string[]): AnswerWork {
  return async function* () {
    for (const text of texts) yield delta(text);
  };
}

/** Says one thing and waits until it is stopped, then says how it ended. */
const untilStopped: AnswerWork = async function* (stopped) {
  yield delta('a');
  if (!stopped.aborted)
    await new Promise((resolve) => stopped.addEventListener('abort', resolve, { once: true }));
  yield delta('stopped');
};

const lasting = () => new AbortController().signal;

async function texts(answer: LiveAnswer | undefined, after?: string): Promise<string[]> {
  const events = await Array.fromAsync(answer?.follow({ after, signal: lasting() }) ?? []);
  return events.map(({ event }) => ('text' in event ? event.text : event.kind));
}

describe('where several processes share the ledger', () => {
  it('waits until another one has ended before it begins, and stops that one when it is stopped', async () => {
    const free = gate();
    const ended: string[] = [];
    const leases: Leases = {
      ...aloneLeases(),
      async hold(_name, work, waiting) {
        await free.opened;
        waiting?.throwIfAborted();
        return work(new AbortController().signal);
      },
      async end(name) {
        ended.push(name);
        free.open();
        return true;
      },
    };
    live = liveAnswers({ timers: clock, newId, log, leases });
    const answer = live.begin(KEY, untilStopped);
    expect(ended).toEqual([]);
    expect(await answer.stop()).toBe(true);
    expect(ended).toEqual(['answer:owner/answer']);
    expect(await texts(answer)).toEqual(['a', 'stopped']);
  });

  it('is stopped when its lease is asked to end', async () => {
    const ending = new AbortController();
    const leases: Leases = { ...aloneLeases(), hold: (_name, work) => work(ending.signal) };
    live = liveAnswers({ timers: clock, newId, log, leases });
    const answer = live.begin(KEY, untilStopped);
    ending.abort();
    expect(await texts(answer)).toEqual(['a', 'stopped']);
  });
});

describe('an answer that runs', () => {
  it('leaves nothing of itself at what it was told to end by', async () => {
    const ending = new AbortController();
    const leases: Leases = { ...aloneLeases(), hold: (_name, work) => work(ending.signal) };
    live = liveAnswers({ timers: clock, newId, log, leases });
    const open = gate();
    const answer = live.begin(KEY, async function* () {
      await open.opened;
      yield delta('a');
    });
    expect(getEventListeners(ending.signal, 'abort')).toHaveLength(1);
    open.open();
    await texts(answer);
    expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
  });

  it('is started once and followed by all who begin it', async () => {
    let started = 0;
    const work: AnswerWork = async function* () {
      started++;
      yield delta('a');
    };
    expect(await texts(live.begin(KEY, work))).toEqual(['a']);
    expect(await texts(live.begin(KEY, work))).toEqual(['a']);
    expect(started).toBe(1);
  });

  it('is known by its owner alone', () => {
    live.begin(KEY, untilStopped);
    expect(live.find({ ...KEY, ownerId: 'other' })).toBeUndefined();
  });

  it('gives each follower every event once and in order, wherever it left and came back', async () => {
    const said = Array.from({ length: 8 }, (_, i) => `${i}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 6 }), fc.uuid(), async (stays, answerId) => {
        const goOn = gate();
        const answer = live.begin({ ...KEY, answerId }, async function* () {
          for (const text of said) {
            if (text === '5') await goOn.opened;
            yield delta(text);
          }
        });
        const heard: string[] = [];
        let after: string | undefined;
        const listen = async (most: number) => {
          for await (const { id, event } of answer.follow({ after, signal: lasting() })) {
            heard.push('text' in event ? event.text : event.kind);
            after = id;
            if (heard.length === 5) goOn.open();
            if (--most <= 0) break;
          }
        };
        for (const stay of stays) if (stay > 0) await listen(stay);
        await listen(Infinity);
        expect(heard).toEqual(said);
      }),
      { numRuns: 50 },
    );
  });

  it.each(['other123.2', 'nonsense', '', '.', 'kept.1'])(
    'begins anew for who comes with %j',
    async (after) => {
      expect(await texts(live.begin(KEY, saying('a', 'b')), after)).toEqual(['reset', 'a', 'b']);
    },
  );

  it('begins anew for who claims more events than there are', async () => {
    const answer = live.begin(KEY, saying('a'));
    const [first] = await Array.fromAsync(answer.follow({ signal: lasting() }));
    expect(await texts(answer, first?.id.replace(/\d+$/u, '9'))).toEqual(['reset', 'a']);
  });

  it('goes on when a follower goes, and ends it quietly', async () => {
    const leaving = new AbortController();
    const goOn = gate();
    const answer = live.begin(KEY, async function* () {
      yield delta('a');
      await goOn.opened;
      yield delta('b');
    });
    const left = Array.fromAsync(answer.follow({ signal: leaving.signal }));
    leaving.abort();
    expect((await left).length).toBeLessThan(2);
    goOn.open();
    expect(await texts(answer)).toEqual(['a', 'b']);
  });

  it('throws the reason to a follower who may no longer read', async () => {
    const reading = new AbortController();
    const following = Array.fromAsync(live.begin(KEY, untilStopped).follow({ signal: reading.signal }));
    reading.abort(new AppError('unauthenticated', 'The token was taken back.'));
    await expect(following).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is found by what it is of, by its owner, while it runs', async () => {
    const { ownerId, answerId } = KEY;
    const root = 'session';
    expect(live.runningOf({ ownerId, root })).toBeUndefined();
    const answer = live.begin(KEY, untilStopped);
    expect(live.runningOf({ ownerId, root })).toBe(answerId);
    expect(live.runningOf({ ownerId: 'another', root })).toBeUndefined();
    expect(live.runningOf({ ownerId, root: answerId })).toBeUndefined();
    await answer.stop();
    expect(live.runningOf({ ownerId, root })).toBeUndefined();
  });

  it('is told to stop, and what it says then is still heard', async () => {
    const answer = live.begin(KEY, untilStopped);
    expect(await answer.stop()).toBe(true);
    expect(await texts(answer)).toEqual(['a', 'stopped']);
    expect(await answer.stop()).toBe(false);
  });

  it('is stopped when it grows without end', async () => {
    const endless: AnswerWork = async function* (stopped) {
      while (!stopped.aborted) yield delta('x'.repeat(100_000));
    };
    expect((await texts(live.begin(KEY, endless))).length).toBeLessThan(10);
  });

  it('is refused when its owner has too many that run, and nobody else is', () => {
    for (let i = 0; i < 100; i++) live.begin({ ...KEY, answerId: `${i}` }, untilStopped);
    expect(() => live.begin(KEY, untilStopped)).toThrow(expect.objectContaining({ code: 'rate-limited' }));
    expect(live.begin({ ...KEY, ownerId: 'other' }, untilStopped)).toBeDefined();
  });
});

describe('an answer that failed', () => {
  const failing: AnswerWork = () => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new AppError('not-found', 'There is no such conversation.')),
    }),
  });

  it('before its first event throws that to its followers', async () => {
    await expect(texts(live.begin(KEY, failing))).rejects.toMatchObject({ code: 'not-found' });
    expect(log.entries).toEqual([]);
  });

  it('later tells it as an event, and is logged', async () => {
    const work: AnswerWork = async function* () {
      yield delta('a');
      throw new Error('the disk broke');
    };
    expect(await texts(live.begin(KEY, work))).toEqual(['a', 'error']);
    expect(log.entries).toMatchObject([{ event: 'answer-failed' }]);
  });

  it('is started again', async () => {
    await texts(live.begin(KEY, failing)).catch(() => undefined);
    expect(await texts(live.begin(KEY, saying('a')))).toEqual(['a']);
  });
});

describe('an answer that ended', () => {
  it('can be followed for some minutes', async () => {
    await texts(live.begin(KEY, saying('a')));
    clock.advance(4 * 60_000);
    expect(await texts(live.find(KEY))).toEqual(['a']);
    clock.advance(2 * 60_000);
    expect(live.find(KEY)).toBeUndefined();
    expect(clock.waiting()).toBe(0);
  });

  it('makes room when there are many', async () => {
    for (let i = 0; i <= 200; i++) await texts(live.begin({ ...KEY, answerId: `${i}` }, saying('a')));
    expect(live.find({ ...KEY, answerId: '0' })).toBeUndefined();
    expect(live.find({ ...KEY, answerId: '1' })).toBeDefined();
  });
});

describe('closing', () => {
  it('waits a short time for what runs, then stops it, and leaves no timer', async () => {
    const answer = live.begin(KEY, untilStopped);
    const closing = live.close();
    clock.advance(10_000);
    await closing;
    expect(clock.waiting()).toBe(0);
    expect(await answer.stop()).toBe(false);
  });
});
