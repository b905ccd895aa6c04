import { expect, test } from 'vitest';
import { threadCompute } from './adapters/compute/thread-compute.ts';
import { computeTasks } from './compute-tasks.ts';

test('the compute threads start and answer for their table of tasks', async () => {
  const compute = threadCompute({ entry: new URL('./thread.ts', import.meta.url) });
  const unlisted = { name: 'unlisted', run: () => 0 };
  const run = compute.run(unlisted, null, new AbortController().signal);
  await expect(run).rejects.toMatchObject({ message: expect.stringContaining('"unlisted"') });
  await compute.close();
});

test('every compute task has a name of its own', () => {
  const names = computeTasks.map((task) => task.name);
  expect(new Set(names).size).toBe(names.length);
});
