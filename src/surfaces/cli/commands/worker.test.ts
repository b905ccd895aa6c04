import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { AppError } from '../../../core/errors.ts';
import type { WorkerWish } from '../host.ts';

/** A signal that comes as soon as somebody listens. */
const interrupted = {
  on: (name: string, listener: () => void) => {
    if (name === 'SIGTERM') setImmediate(listener);
  },
  off: () => {},
  kill: () => {},
};

test('a worker works on the queues that are named until it is told to stop, then drains and ends with 0', async () => {
  await using cli = await bench();
  const ran = await cli.run(['worker', '--queues', 'ingestion,light,ingestion'], {
    host: { signals: interrupted },
  });
  expect(ran.code).toBe(0);
  expect(ran.fake.life).toEqual(['worker for ingestion,light', 'closed']);
  expect(ran.out).toBe('Worker machine:1:abc works on ingestion, light.\n');
  expect(ran.err).toBe('Stopping …\nStopped.\n');
});

test('a worker takes all queues, two jobs at once and twenty seconds unless told otherwise', async () => {
  await using cli = await bench();
  const wishes: WorkerWish[] = [];
  const openWorker = async (wish: WorkerWish) => {
    wishes.push(wish);
    return { name: 'w', close: async () => {} };
  };
  const options = { host: { signals: interrupted, openWorker } };
  await cli.run(['worker'], options);
  await cli.run(['worker', '--concurrency', '8', '--grace', '0', '--queues', 'vectors'], options);
  expect(wishes).toEqual([
    {
      queues: ['ingestion', 'vectors', 'training', 'nightly', 'light'],
      concurrency: 2,
      graceMs: 20_000,
    },
    { queues: ['vectors'], concurrency: 8, graceMs: 0 },
  ]);
});

test('a worker that may not start says why', async () => {
  await using cli = await bench();
  const openWorker = async () => {
    throw new AppError('invalid-input', 'A worker shares all stores.');
  };
  const ran = await cli.run(['worker'], { host: { openWorker } });
  expect([ran.code, ran.err]).toEqual([2, 'A worker shares all stores.\n']);
});
