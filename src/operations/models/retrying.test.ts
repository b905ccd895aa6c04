import { expect, test } from 'vitest';
import { eventsOf, saying, textOf } from '../../../test/fakes/ask-model.ts';
import { fakeClock } from '../../../test/fakes/clock.ts';
import { eventually } from '../../../test/fakes/eventually.ts';
import { scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { AppError } from '../../core/errors.ts';
import { retrying } from './retrying.ts';

const PATIENCE = { tries: 3, longestWaitMs: 8_000 };
const busy = (retryAfterMs?: number) =>
  new AppError('rate-limited', 'Slow down.', retryAfterMs === undefined ? {} : { retryAfterMs });

function patient(...failures: readonly Error[]) {
  const clock = fakeClock();
  const model = scriptedModel((_, call) => {
    const failure = failures[call - 1];
    return failure === undefined ? 'Here it is.' : [failure];
  });
  return { clock, model, ready: retrying(PATIENCE, { timers: clock, random: () => 0.5 })(model) };
}

test('waits as long as the provider asks for and not less', async () => {
  const { clock, model, ready } = patient(busy(7_000));
  const answer = textOf(ready);
  await eventually(() => clock.waiting() === 1);
  clock.advance(6_999);
  expect(model.asked).toHaveLength(1);
  clock.advance(200);
  expect(await answer).toBe('Here it is.');
  expect(model.asked).toHaveLength(2);
});

test('does not wait longer than a person would: the error goes on with the time that was asked for', async () => {
  const { clock, model, ready } = patient(busy(60_000));
  await expect(textOf(ready)).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 60_000 });
  expect([model.asked.length, clock.waiting()]).toEqual([1, 0]);
});

test('tries three times in all, each wait longer than the one before', async () => {
  const { clock, model, ready } = patient(...Array.from({ length: 9 }, () => busy()));
  const failed = textOf(ready).catch((error: unknown) => error);
  await eventually(() => clock.waiting() === 1);
  clock.advance(375);
  await eventually(() => model.asked.length === 2 && clock.waiting() === 1);
  clock.advance(1_124);
  expect(model.asked).toHaveLength(2);
  clock.advance(1);
  expect(await failed).toMatchObject({ code: 'rate-limited' });
  expect(model.asked).toHaveLength(3);
});

test('never asks again once a word of the answer has come', async () => {
  const clock = fakeClock();
  const model = scriptedModel(() => [{ kind: 'text', text: 'Half ' }, new AppError('unavailable', 'Cut.')]);
  const ready = retrying(PATIENCE, { timers: clock, random: () => 0 })(model);
  await expect(eventsOf(ready)).rejects.toMatchObject({ code: 'unavailable' });
  expect(model.asked).toHaveLength(1);
});

test.each(['provider-refused', 'invalid-input', 'timeout', 'budget-exceeded'] as const)(
  'does not repeat what ended with %s',
  async (code) => {
    const { model, ready } = patient(new AppError(code, 'No.'));
    await expect(textOf(ready)).rejects.toMatchObject({ code });
    expect(model.asked).toHaveLength(1);
  },
);

test('a wait ends at once when nobody wants the answer any more', async () => {
  const { clock, model, ready } = patient(busy(7_000));
  const stop = new AbortController();
  const answer = textOf(ready, saying('Hello'), stop.signal);
  await eventually(() => clock.waiting() === 1);
  stop.abort();
  await expect(answer).rejects.toMatchObject({ code: 'aborted' });
  expect([model.asked.length, clock.waiting()]).toEqual([1, 0]);
});
