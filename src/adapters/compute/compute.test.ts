import { afterEach, expect, test } from 'vitest';
import { computeContract } from '../../../test/contracts/compute.ts';
import { countPrimes, die, spin } from '../../../test/contracts/compute-sample-tasks.ts';
import type { Compute, ComputeTask } from '../../ports/compute.ts';
import { inlineCompute } from './inline-compute.ts';
import { threadCompute } from './thread-compute.ts';

const never = new AbortController().signal;
const entry = new URL('../../../test/contracts/compute-process.ts', import.meta.url);
const opened: Compute[] = [];

function open(): Compute {
  const compute = threadCompute({ entry });
  opened.push(compute);
  return compute;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((compute) => compute.close()));
});

computeContract('inline', inlineCompute);
computeContract('threads', () => threadCompute({ entry, size: 2 }));

test('ends a running task that is cancelled and runs the next one on a new thread', async () => {
  const compute = open();
  const abort = new AbortController();
  const spinning = compute.run(spin, null, abort.signal);
  const next = compute.run(countPrimes, { limit: 10 }, never);
  abort.abort();
  await expect(spinning).rejects.toMatchObject({ code: 'aborted' });
  expect(await next).toBe(4);
});

test('a task that ends its thread fails as internal and the next one runs', async () => {
  const compute = open();
  await expect(compute.run(die, null, never)).rejects.toMatchObject({ code: 'internal' });
  expect(await compute.run(countPrimes, { limit: 10 }, never)).toBe(4);
});

test('keeps the event loop free while a task runs', async () => {
  const compute = open();
  let turns = 0;
  const ticking = setInterval(() => turns++, 0);
  expect(await compute.run(countPrimes, { limit: 1_000_000 }, never)).toBe(78_498);
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(10);
});

test('refuses an input that cannot be sent to a thread, and goes on', async () => {
  const compute = open();
  const task: ComputeTask<{ limit: () => void }, number> = { name: 'count-primes', run: () => 0 };
  await expect(compute.run(task, { limit: () => {} }, never)).rejects.toThrow('could not be cloned');
  expect(await compute.run(countPrimes, { limit: 10 }, never)).toBe(4);
});

test('names a task that its threads do not know', async () => {
  const unknown = { name: 'unheard-of', run: () => 0 };
  await expect(open().run(unknown, null, never)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('unheard-of'),
  });
});
