import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDeliveries } from '../../../src/adapters/job-queue/bullmq-deliveries.ts';
import { eventually } from '../../fakes/eventually.ts';
import { openStage, type Stage, storm } from './storm.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const KILLS = 4;

test('each job has exactly one result, however workers are killed and Redis goes away', async () => {
  const { ids, fleet } = await storm(stage, {
    jobs: 60,
    jobMs: 300,
    workers: 3,
    kills: KILLS,
    redisRestarts: 1,
    awayMs: 1_500,
  });
  const jobs = await stage.jobs();
  expect(jobs.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(jobs.filter(({ status, id, result }) => status !== 'done' || !result?.includes(id))).toEqual([]);
  expect((await stage.stored()).sort()).toEqual([...ids].sort());
  // Only what a killed process did last may be done again.
  const ends = fleet.lines.filter(({ did }) => did === 'end');
  expect(ends.length - ids.length).toBeLessThanOrEqual(KILLS * 2);
  expect(await fleet.stop()).toEqual([0, 0, 0]);
});

test('jobs run while Redis is away, and those that were queued then when it is back', async () => {
  const fleet = await stage.fleet({ size: 2 });
  await stage.redisServer.kill();
  for (let n = 0; n < 10; n++) await stage.enqueue({});
  await stage.settled(20_000);
  await fleet.killAll();
  const waiting = [await stage.enqueue({}), await stage.enqueue({ runAt: Date.now() + 500 })];
  await stage.redisServer.start();
  await stage.fleet({ size: 1 });
  await stage.settled(20_000);
  expect(await stage.stored()).toEqual(expect.arrayContaining(waiting));
});

test('Redis that answers nothing holds up nobody', async () => {
  const fleet = await stage.fleet({ size: 1 });
  await stage.enqueue({});
  await stage.settled(10_000);
  stage.redisServer.pause();
  const began = performance.now();
  for (let n = 0; n < 5; n++) await stage.enqueue({});
  expect(performance.now() - began).toBeLessThan(2_000);
  await stage.settled(30_000);
  stage.redisServer.resume();
  await stage.enqueue({});
  await stage.settled(10_000);
  expect(fleet.lines.filter(({ did }) => did === 'end')).toHaveLength(7);
});

test('a job is tried three times, then it is dead', async () => {
  const fleet = await stage.fleet({ size: 2 });
  const id = await stage.enqueue({ kind: 'fail', queue: 'ingestion', payload: null });
  await stage.settled(30_000);
  expect(await stage.jobs()).toMatchObject([{ id, status: 'dead', attempt: 3, errorCode: 'unavailable' }]);
  expect(fleet.lines.flatMap((line) => (line.did === 'begin' ? line.attempt : []))).toEqual([1, 2, 3]);
});

test('a delivery whose process died while it held it is given to another', async () => {
  const { redis } = stage;
  const failed = (error: unknown) => {
    throw error;
  };
  const dying = openDeliveries({ redis, queue: 'light', now: Date.now, lockMs: 500, failed });
  const id = await stage.enqueue({});
  await eventually(() => dying.take({ wait: true }));
  const [other] = [openDeliveries({ redis, queue: 'light', now: Date.now, lockMs: 500, failed })];
  expect(await other.take({ wait: false })).toBeUndefined();
  await pause(1_200);
  const delivery = await eventually(() => other.take({ wait: true }));
  expect(delivery.job.id).toBe(id);
  await delivery.finish();
  await Promise.all([dying.close(), other.close()]);
});

test('a worker that is told to stop ends what it can and hands back the rest, uncounted', async () => {
  const fleet = await stage.fleet({ size: 1, graceMs: 1_000 });
  const short = await stage.enqueue({ payload: { ms: 800 } });
  const long = await stage.enqueue({ payload: { ms: 60_000 } });
  await eventually(() => fleet.lines.filter(({ did }) => did === 'begin').length === 2);
  const later = await stage.enqueue({});
  expect(await fleet.stop()).toEqual([0]);
  const rows = new Map((await stage.jobs()).map((row) => [row.id, row]));
  expect(rows.get(short)).toMatchObject({ status: 'done', attempt: 1 });
  expect(rows.get(long)).toMatchObject({ status: 'queued', attempt: 0 });
  expect(rows.get(later)).toMatchObject({ status: 'queued', attempt: 0 });
});

test.each(['is away', 'answers nothing'])(
  'a worker ends when it is told to also while Redis %s',
  async (how) => {
    const fleet = await stage.fleet({ size: 2 });
    await stage.enqueue({});
    await stage.settled(10_000);
    await (how === 'is away' ? stage.redisServer.kill() : stage.redisServer.pause());
    const began = performance.now();
    expect(await fleet.stop()).toEqual([0, 0]);
    expect(performance.now() - began).toBeLessThan(10_000);
    stage.redisServer.resume();
  },
  60_000,
);

test('queues that Redis lost are filled from the ledger by one call', async () => {
  for (let n = 0; n < 5; n++) await stage.enqueue({});
  await stage.enqueue({ runAt: Date.now() + 3_600_000 });
  await stage.redis.client.flushall();
  const counts = await stage.queue.rebuild(['light', 'training'], new AbortController().signal);
  expect(Object.fromEntries(counts)).toEqual({ light: 6, training: 0 });
  const left = openDeliveries({
    redis: stage.redis,
    queue: 'light',
    now: Date.now,
    lockMs: 5_000,
    failed: () => undefined,
  });
  for (let n = 0; n < 5; n++) expect(await left.take({ wait: false })).toBeDefined();
  expect(await left.take({ wait: false })).toBeUndefined();
  await left.close();
});
