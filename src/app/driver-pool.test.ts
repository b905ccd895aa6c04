import { expect, test } from 'vitest';
import { textOf } from '../../test/fakes/ask-model.ts';
import { fakeClock } from '../../test/fakes/clock.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { scriptedModel } from '../../test/fakes/scripted-model.ts';
import { silentLog } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { driverPool } from './driver-pool.ts';

const IDLE_MS = 600_000;

function pooled() {
  const clock = fakeClock();
  const opened: string[] = [];
  const closed: string[] = [];
  const pool = driverPool({ timers: clock, now: clock.now, log: silentLog, idleMs: IDLE_MS });
  const get = (content: string) =>
    pool.get({ place: 'openai', content }, async () => {
      opened.push(content);
      return { ...scriptedModel(() => `by ${content}`), close: async () => void closed.push(content) };
    });
  return { clock, pool, get, opened, closed };
}

test('the same settings share one driver, others have their own', async () => {
  const { get, opened } = pooled();
  await Promise.all([get('a'), get('a')]);
  expect(await textOf((await get('b')).driver)).toBe('by b');
  expect(opened).toEqual(['a', 'b']);
});

test('a driver that was replaced is closed once nobody uses it', async () => {
  const { get, clock, closed } = pooled();
  const { driver } = await get('a');
  const events = driver.stream({ messages: [] }, new AbortController().signal)[Symbol.asyncIterator]();
  await events.next();
  await get('b');
  clock.advance(60_000);
  expect(closed).toEqual([]);
  while ((await events.next()).done !== true);
  clock.advance(10_000);
  await eventually(() => closed.length === 1);
  expect(closed).toEqual(['a']);
});

test('a driver that nobody uses for a while is closed, and opened again when it is asked for', async () => {
  const { get, clock, closed, opened } = pooled();
  await get('a');
  clock.advance(IDLE_MS);
  await eventually(() => closed.length === 1);
  expect(await textOf((await get('a')).driver)).toBe('by a');
  expect(opened).toEqual(['a', 'a']);
});

test('a driver that could not be opened is tried again', async () => {
  const { pool } = pooled();
  const key = { place: 'openai', content: 'a' };
  const failing = pool.get(key, async () => {
    throw new AppError('unavailable', 'Not there.');
  });
  await expect(failing).rejects.toMatchObject({ code: 'unavailable' });
  expect(await textOf((await pool.get(key, async () => scriptedModel(() => 'there'))).driver)).toBe('there');
});

test('closing the pool closes every driver', async () => {
  const { get, pool, closed } = pooled();
  await get('a');
  await get('b');
  await pool.close();
  expect(closed.sort()).toEqual(['a', 'b']);
});
