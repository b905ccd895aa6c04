import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { ctrlC } from '../../../../test/fakes/cli-host.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { aJob } from '../../../../test/fakes/wire-views.ts';

const { id } = aJob();
const dead = aJob({
  status: 'dead',
  attempt: 3,
  error: { code: 'unreadable', message: 'The zip is damaged.' },
});
const queue = { name: 'ingestion', paused: true, queued: 4, running: 0, dead: 1 } as const;
const script: Script = {
  listJobs: () => ({ items: [aJob(), dead] }),
  getJob: () => dead,
  getJobLog: () => ({ lines: [{ at: 0, line: 'read 3 pages' }] }),
  cancelJob: () => aJob({ status: 'cancelled' }),
  retryJob: () => aJob({ status: 'queued' }),
  listQueues: () => ({ queues: [queue] }),
  pauseQueue: () => queue,
  requeueJobs: () => ({
    queues: [
      { name: 'ingestion', jobs: 4 },
      { name: 'light', jobs: 1 },
    ],
  }),
  resumeQueue: () => ({ ...queue, paused: false }),
};

test('jobs are listed with status, tries and what went wrong', async () => {
  await using cli = await bench(script);
  const { out } = await cli.run(['jobs', '--status', 'dead', '--queue', 'ingestion', '--kind', 'x']);
  expect(out).toMatch(/read-document +dead +3\/3 +The zip is damaged\./);
  expect(cli.api.to('listJobs')).toEqual([
    { query: { limit: 20, status: 'dead', queue: 'ingestion', kind: 'x' } },
  ]);
});

test('a dead job is shown with its error and what to do', async () => {
  await using cli = await bench(script);
  const { out } = await cli.run(['jobs', 'show', id]);
  expect(out).toContain('The zip is damaged. (unreadable)');
  expect(out).toContain(`jiwa jobs retry ${id}`);
});

test('the log is shown with its times', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['jobs', 'log', id])).out).toBe('1970-01-01T00:00:00.000Z  read 3 pages\n');
});

test('a job is named by its id, digits that begin two are refused', async () => {
  await using cli = await bench(script);
  await cli.run(['jobs', 'cancel', '70b1'], {});
  expect(cli.api.to('cancelJob')).toEqual([]);
  await cli.run(['jobs', 'cancel', id]);
  const ran = await cli.run(['jobs', 'retry', id], { opened: true });
  expect(cli.api.to('retryJob')).toEqual([{ params: { id } }]);
  expect(ran.fake.life).toEqual(['opened', 'drained', 'closed']);
});

test('queues are shown, paused and resumed', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['jobs', 'queues'])).out).toMatch(/ingestion +paused +4 +0 +1/);
  expect((await cli.run(['jobs', 'pause', 'ingestion'])).out).toBe('The queue ingestion rests.\n');
  expect((await cli.run(['jobs', 'resume', 'ingestion'])).out).toBe('The queue ingestion goes on.\n');
});

test('an unknown queue ends with 2 and names those there are', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['jobs', 'pause', 'nonsense']);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('ingestion, vectors, training, nightly, light');
});

test('a watch shows the list again until it is interrupted, which is no failure', async () => {
  await using cli = await bench(script);
  let rounds = 0;
  const { signals, press } = ctrlC();
  const { code, out } = await cli.run(['jobs', 'watch', '--json'], {
    host: {
      pause: async (_, signal) => {
        if (++rounds === 3) press();
        signal.throwIfAborted();
      },
      signals,
    },
  });
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(3);
});

test('queues are filled again, with what waits in each', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['jobs', 'requeue'])).out).toBe('ingestion: 4 jobs\nlight: 1 job\n');
});
