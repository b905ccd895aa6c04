import { expect, test } from 'vitest';
import { textOf } from '../../../test/fakes/ask-model.ts';
import { fakeClock } from '../../../test/fakes/clock.ts';
import { scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { circuitBreaker } from './circuit-breaker.ts';

function guarded() {
  const clock = fakeClock();
  let failure: AppError | undefined;
  const model = scriptedModel(() => (failure === undefined ? 'Fine.' : [failure]));
  const ready = circuitBreaker({ now: clock.now, failures: 3, restMs: 30_000 }).guard(model);
  return {
    clock,
    model,
    fails: (code: ErrorCode, retryAfterMs?: number) => {
      failure = new AppError(code, 'No.', retryAfterMs === undefined ? {} : { retryAfterMs });
    },
    works: () => (failure = undefined),
    ask: async (times = 1) => {
      const outcomes: string[] = [];
      for (let i = 0; i < times; i++) {
        outcomes.push(await textOf(ready).catch((error: AppError) => error.code));
      }
      return outcomes;
    },
    ready,
  };
}

test('after failures in a row nobody asks the provider, until its rest is over', async () => {
  const { fails, works, ask, model, clock, ready } = guarded();
  fails('unavailable');
  await ask(3);
  works();
  await expect(textOf(ready)).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 30_000 });
  clock.advance(29_999);
  await ask();
  expect(model.asked).toHaveLength(3);
  clock.advance(1);
  expect(await ask(2)).toEqual(['Fine.', 'Fine.']);
});

test('after a rest one call alone finds out whether the provider is back', async () => {
  const { fails, ask, model, clock, ready, works } = guarded();
  fails('timeout');
  await ask(3);
  clock.advance(30_000);
  works();
  const first = ready.stream({ messages: [] }, new AbortController().signal)[Symbol.asyncIterator]();
  await first.next();
  expect(await ask()).toEqual(['unavailable']);
  while ((await first.next()).done !== true);
  expect(await ask()).toEqual(['Fine.']);
  expect(model.asked).toHaveLength(5);
});

test('a probe that fails begins another rest; one that is cancelled leaves the next caller to try', async () => {
  const { fails, works, ask, clock, ready } = guarded();
  fails('unavailable');
  await ask(3);
  clock.advance(30_000);
  await ask();
  works();
  expect(await ask()).toEqual(['unavailable']);
  clock.advance(30_000);
  const probe = ready.stream({ messages: [] }, new AbortController().signal)[Symbol.asyncIterator]();
  await probe.next();
  await probe.return?.();
  expect(await ask()).toEqual(['Fine.']);
});

test('a success in between starts the count anew', async () => {
  const { fails, works, ask, model } = guarded();
  for (let round = 0; round < 3; round++) {
    fails('unavailable');
    await ask(2);
    works();
    await ask();
  }
  expect(model.asked).toHaveLength(9);
});

test('a provider that asks for a long pause is left alone for just so long', async () => {
  const { fails, works, ask, clock } = guarded();
  fails('rate-limited', 120_000);
  await ask();
  works();
  clock.advance(119_999);
  expect(await ask()).toEqual(['unavailable']);
  clock.advance(1);
  expect(await ask()).toEqual(['Fine.']);
});

test('a refused key or request does not count: the provider is there', async () => {
  const { fails, ask, model } = guarded();
  fails('provider-refused');
  await ask(6);
  expect(model.asked).toHaveLength(6);
});
