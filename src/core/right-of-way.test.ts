import { expect, test } from 'vitest';
import { fakeClock } from '../../test/fakes/clock.ts';
import { rightOfWay, slices } from './right-of-way.ts';

async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  return done;
}

test('background work passes at once while nobody waits', async () => {
  const clock = fakeClock();
  const way = rightOfWay(clock);
  expect(await settled(way.pass())).toBe(true);
  expect(clock.waiting()).toBe(0);
});

test('it waits until the last claim is over, however often one is given back', async () => {
  const way = rightOfWay(fakeClock());
  const [first, second] = [way.claim(), way.claim()];
  const passing = way.pass();
  first();
  first();
  expect(await settled(passing)).toBe(false);
  second();
  expect(await settled(passing)).toBe(true);
  expect(await settled(way.pass())).toBe(true);
});

test('it waits only so long for a claim that does not end, and again for the next piece', async () => {
  const clock = fakeClock();
  const way = rightOfWay(clock);
  way.claim();
  const passing = way.pass();
  clock.advance(199);
  expect(await settled(passing)).toBe(false);
  clock.advance(1);
  expect(await settled(passing)).toBe(true);
  expect(await settled(way.pass())).toBe(false);
});

test('long work lets others have the thread once its slice is over', async () => {
  let time = 0;
  const breathe = slices(rightOfWay(fakeClock()), () => time);
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  time = 1;
  await breathe();
  expect(turned).toBe(false);
  time = 2;
  await breathe();
  expect(turned).toBe(true);
});
