import { expect, test } from 'vitest';
import { eventsOf, saying, textOf } from '../../../test/fakes/ask-model.ts';
import { fakeClock } from '../../../test/fakes/clock.ts';
import { eventually } from '../../../test/fakes/eventually.ts';
import { scriptedModel } from '../../../test/fakes/scripted-model.ts';
import type { ModelEvent } from '../../ports/language-model.ts';
import { timeLimits } from './time-limits.ts';

const LIMITS = { firstTokenMs: 60_000, nextTokenMs: 30_000, wholeMs: 100_000 };
const word = (text: string): ModelEvent => ({ kind: 'text', text });

/** A model that says these words, then nothing, and does not care about being cancelled. */
async function* deaf(...words: readonly string[]): AsyncGenerator<ModelEvent> {
  for (const text of words) yield word(text);
  await new Promise(() => {});
}

function limited(...words: readonly string[]) {
  const clock = fakeClock();
  return {
    clock,
    ready: timeLimits(LIMITS, { timers: clock, now: clock.now })(scriptedModel(() => deaf(...words))),
  };
}

test('gives up when no first token comes in time', async () => {
  const { clock, ready } = limited();
  const failed = textOf(ready).catch((error: unknown) => error);
  await eventually(() => clock.waiting() === 1);
  clock.advance(59_999);
  expect(clock.waiting()).toBe(1);
  clock.advance(1);
  expect(await failed).toMatchObject({ code: 'timeout' });
});

test('gives up when the next token does not come in time', async () => {
  const { clock, ready } = limited('One ', 'two ');
  const events = ready.stream(saying('Hello'), new AbortController().signal)[Symbol.asyncIterator]();
  await events.next();
  await events.next();
  const failed = events.next().catch((error: unknown) => error);
  await eventually(() => clock.waiting() === 1);
  clock.advance(30_000);
  expect(await failed).toMatchObject({ code: 'timeout' });
});

test('gives up on an answer that drips on and on', async () => {
  const clock = fakeClock();
  async function* drip() {
    for (;;) {
      clock.advance(20_000);
      yield word('drip ');
    }
  }
  const ready = timeLimits(LIMITS, { timers: clock, now: clock.now })(scriptedModel(() => drip()));
  await expect(eventsOf(ready)).rejects.toMatchObject({ code: 'timeout', message: /whole/ });
});

test('cancelling takes effect at once, also when the driver does not listen', async () => {
  const { ready } = limited('One ');
  const stop = new AbortController();
  const answer = textOf(ready, saying('Hello'), stop.signal);
  setImmediate(() => stop.abort());
  await expect(answer).rejects.toMatchObject({ code: 'aborted' });
});

test('the call of the provider is cancelled when the time is over, and when nobody reads on', async () => {
  const signals: AbortSignal[] = [];
  const clock = fakeClock();
  const model = {
    ...scriptedModel(() => ''),
    stream: (_: unknown, signal: AbortSignal) => {
      signals.push(signal);
      return deaf('One ');
    },
  };
  const ready = timeLimits(LIMITS, { timers: clock, now: clock.now })(model);
  for await (const event of ready.stream(saying('Hello'), new AbortController().signal)) {
    expect(event).toEqual(word('One '));
    break;
  }
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});
