import { expect, test } from 'vitest';
import { orAborted } from './or-aborted.ts';

const NEVER = new Promise<never>(() => undefined);

test('gives what the work gives, or throws what it throws', async () => {
  const { signal } = new AbortController();
  expect(await orAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

test('ends with the reason of the signal, whether it comes before or while the work goes on', async () => {
  const stopping = new AbortController();
  const going = orAborted(NEVER, stopping.signal);
  stopping.abort(new Error('enough'));
  await expect(going).rejects.toThrow('enough');
  await expect(orAborted(NEVER, stopping.signal)).rejects.toThrow('enough');
});
