import { expect, test } from 'vitest';
import { fakeClock } from '../../test/fakes/clock.ts';
import { AppError } from './errors.ts';
import { pause } from './pause.ts';

test('waits so long', async () => {
  const clock = fakeClock();
  let over = false;
  const waiting = pause(100, clock).then(() => (over = true));
  clock.advance(99);
  await Promise.resolve();
  expect(over).toBe(false);
  clock.advance(1);
  await waiting;
});

test('throws why it is to end, before and while it waits, and leaves no timer', async () => {
  const clock = fakeClock();
  const stop = new AbortController();
  const reason = new AppError('unauthenticated', 'The key was taken back.');
  const waiting = pause(100, clock, stop.signal);
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(pause(100, clock, stop.signal)).rejects.toBe(reason);
  expect(clock.waiting()).toBe(0);
});
