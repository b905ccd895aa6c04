import { expect, test } from 'vitest';
import { documentLocks } from './document-locks.ts';

test('work with one key runs one after the other, in order', async () => {
  const { exclusive } = documentLocks();
  const steps: string[] = [];
  const work = (name: string) => async () => {
    steps.push(`${name} begins`);
    await Promise.resolve();
    steps.push(`${name} ends`);
  };
  await Promise.all([exclusive('a', work('one')), exclusive('a', work('two'))]);
  expect(steps).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});

test('work with another key does not wait', async () => {
  const { exclusive } = documentLocks();
  const never = exclusive('a', () => new Promise(() => {}));
  expect(await Promise.race([exclusive('b', async () => 'done'), never])).toBe('done');
});

test('a failure reaches who asked and lets the next one begin', async () => {
  const { exclusive } = documentLocks();
  const failed = exclusive('a', () => Promise.reject(new Error('broken')));
  const next = exclusive('a', async () => 'done');
  await expect(failed).rejects.toThrow('broken');
  expect(await next).toBe('done');
});
