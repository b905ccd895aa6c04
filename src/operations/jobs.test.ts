import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts';
import { OWNER_A, OWNER_B, fakeCtx } from '../../test/fakes/ctx.ts';
import { openTestLedger } from '../../test/fakes/ledger.ts';
import { jobRow } from '../../test/fakes/rows.ts';
import { memoryEventBus } from '../adapters/event-bus/memory-event-bus.ts';
import { newId } from '../core/ids.ts';
import type { DeliveredJob, JobDefinition, JobQueue } from '../ports/job-queue.ts';
import type { JobRow } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';
import { removeOldJobs } from './job-retention.ts';
import { cancelJob, getJob, getJobLog, listJobs, retryJob } from './jobs.ts';
import { listQueues, pauseQueue, resumeQueue } from './queues.ts';

const ctx = fakeCtx();
const DAY_MS = 86_400_000;

let clock: FakeClock;
let ledger: Ledger;
let queue: JobQueue;
beforeEach(async () => {
  clock = fakeClock();
  ({ ledger, queue } = await openTestLedger({ now: clock.now, timers: clock }));
});
afterEach(async () => {
  await queue.close();
  await ledger.close();
});

const add = async (changes: Partial<JobRow> = {}, owner = OWNER_A): Promise<string> => {
  const row = jobRow(changes);
  await ledger.forOwner(owner, (tx) => tx.table('jobs').insert(row));
  return row.id;
};
const rowOf = (id: string) => ledger.system((tx) => tx.table('jobs').get({ id }));

describe('looking at jobs', () => {
  it('lists the newest first, page by page, each job once, also when many are of one moment', async () => {
    const ids: string[] = [];
    for (const createdAt of [1, 2, 2, 2, 2, 2, 3]) ids.push(await add({ createdAt }));
    const seen: string[] = [];
    const times: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await listJobs({ limit: 2, cursor }, { ledger }, ctx);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      times.push(...page.items.map(({ createdAt }) => createdAt));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(times).toEqual([3, 2, 2, 2, 2, 2, 1]);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  it('lists only what was asked for', async () => {
    const id = await add({ status: 'dead', kind: 'embed', queue: 'ingestion' });
    await add({ status: 'dead', kind: 'embed', queue: 'light' });
    await add({ status: 'done', kind: 'embed', queue: 'ingestion' });
    await add({ status: 'dead', kind: 'other', queue: 'ingestion' });
    const query = { limit: 10, status: 'dead', kind: 'embed', queue: 'ingestion' } as const;
    expect((await listJobs(query, { ledger }, ctx)).items.map((job) => job.id)).toEqual([id]);
  });

  it('refuses a cursor that came from no page', async () => {
    await expect(listJobs({ limit: 2, cursor: 'x' }, { ledger }, ctx)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  it('shows progress, failure and result as values', async () => {
    const id = await add({
      status: 'dead',
      attempt: 3,
      progressDone: 2,
      progressTotal: 5,
      progressNote: 'reading',
      errorCode: 'timeout',
      error: 'Too slow.',
      result: '{"n":1}',
      startedAt: 5,
      completedAt: 6,
    });
    expect(await getJob({ id }, { ledger }, ctx)).toMatchObject({
      progress: { done: 2, total: 5, note: 'reading' },
      error: { code: 'timeout', message: 'Too slow.' },
      result: { n: 1 },
      startedAt: 5,
      completedAt: 6,
    });
  });

  it('leaves out what is not known', async () => {
    const job = await getJob({ id: await add() }, { ledger }, ctx);
    expect(Object.keys(job)).not.toEqual(expect.arrayContaining(['error']));
    expect(job.progress).toEqual({ done: 0 });
  });

  it('shows the last thousand lines of the log, oldest first', async () => {
    const id = await add();
    const lines = Array.from({ length: 1_003 }, (_, n) => ({
      jobId: id,
      seq: n + 1,
      at: n,
      line: `line ${n}`,
    }));
    await ledger.forOwner(OWNER_A, (tx) => tx.table('jobLogs').insert(lines));
    const log = await getJobLog({ id }, { ledger }, ctx);
    expect(log.lines).toHaveLength(1_000);
    expect([log.lines.at(0)?.line, log.lines.at(-1)?.line]).toEqual(['line 3', 'line 1002']);
  });

  it('knows no job of another owner', async () => {
    const id = await add({}, OWNER_B);
    const missing = { code: 'not-found' };
    const deps = { ledger, queue, bus: memoryEventBus(), definitions: [], timers: clock };
    expect((await listJobs({ limit: 10 }, deps, ctx)).items).toEqual([]);
    await expect(getJob({ id }, deps, ctx)).rejects.toMatchObject(missing);
    await expect(getJobLog({ id }, deps, ctx)).rejects.toMatchObject(missing);
    await expect(cancelJob({ id }, deps, ctx)).rejects.toMatchObject(missing);
    await expect(retryJob({ id }, deps, ctx)).rejects.toMatchObject(missing);
  });
});

describe('cancelling', () => {
  const settled: string[] = [];
  const definition: JobDefinition = {
    kind: 'work',
    queue: 'light',
    payload: z.null(),
    timeLimitMs: 1_000,
    run: async () => undefined,
    async onDead(_, error) {
      settled.push(error.message);
    },
  };
  const cancel = (id: string) =>
    cancelJob({ id }, { ledger, bus: memoryEventBus(), definitions: [definition], timers: clock }, ctx);
  beforeEach(() => {
    settled.length = 0;
  });

  it('ends a queued job at once and settles it', async () => {
    const job = await cancel(await add());
    expect(job).toMatchObject({ status: 'cancelled', completedAt: clock.now() });
    expect(settled).toEqual(['The job was cancelled.']);
  });

  it('asks a running job to end and leaves settling to its worker', async () => {
    const id = await add({ status: 'running' });
    expect((await cancel(id)).status).toBe('running');
    expect((await rowOf(id))?.cancelRequested).toBe(1);
    expect(settled).toEqual([]);
  });

  it('is fine twice', async () => {
    const id = await add();
    await cancel(id);
    expect((await cancel(id)).status).toBe('cancelled');
    expect(settled).toHaveLength(1);
  });

  it.each(['done', 'dead'] as const)('refuses a job that is %s', async (status) => {
    await expect(cancel(await add({ status }))).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('retrying', () => {
  const retry = (id: string) => retryJob({ id }, { ledger, queue, bus: memoryEventBus() }, ctx);

  it.each(['dead', 'cancelled'] as const)('queues a %s job again with all its attempts', async (status) => {
    const id = await add({
      status,
      attempt: 3,
      cancelRequested: 1,
      errorCode: 'timeout',
      error: 'Too slow.',
      completedAt: 1,
    });
    expect(await retry(id)).toMatchObject({ status: 'queued', attempt: 0, runAt: clock.now() });
    expect(await rowOf(id)).toMatchObject({ cancelRequested: 0, error: null, completedAt: null });
  });

  it('wakes a worker that waits', async () => {
    const id = await add({ status: 'dead' });
    const waiting = queue.next(['light'], 'w', 1_000, new AbortController().signal);
    await retry(id);
    expect((await waiting)?.id).toBe(id);
  });

  it.each(['queued', 'running', 'done'] as const)('refuses a job that is %s', async (status) => {
    await expect(retry(await add({ status }))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('refuses a job whose work is queued already', async () => {
    const id = await add({ status: 'dead', dedupKey: 'k' });
    await add({ dedupKey: 'k' });
    await expect(retry(id)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('queues', () => {
  it('tells what waits in each queue, of one space or of all', async () => {
    await add({ queue: 'light' });
    await add({ queue: 'light' }, OWNER_B);
    await add({ queue: 'light', status: 'running' });
    await add({ queue: 'training', status: 'dead' });
    const light = async (all: boolean) =>
      (await listQueues({ all }, { ledger }, { ownerId: OWNER_B })).queues.at(-1);
    expect(await light(false)).toEqual({ name: 'light', paused: false, queued: 1, running: 0, dead: 0 });
    expect((await listQueues({ all: true }, { ledger }, { ownerId: OWNER_B })).queues).toEqual([
      { name: 'ingestion', paused: false, queued: 0, running: 0, dead: 0 },
      { name: 'vectors', paused: false, queued: 0, running: 0, dead: 0 },
      { name: 'training', paused: false, queued: 0, running: 0, dead: 1 },
      { name: 'nightly', paused: false, queued: 0, running: 0, dead: 0 },
      { name: 'light', paused: false, queued: 2, running: 1, dead: 0 },
    ]);
  });

  it('gives no job while paused, and wakes the workers when it goes on', async () => {
    expect(await pauseQueue({ name: 'light' }, { ledger })).toMatchObject({ paused: true });
    const id = await add();
    const waiting = queue.next(['light'], 'w', 1_000, new AbortController().signal);
    expect((await rowOf(id))?.status).toBe('queued');
    expect(await resumeQueue({ name: 'light' }, { ledger, queue })).toMatchObject({ paused: false });
    expect((await waiting)?.id).toBe(id);
  });

  it('wakes the workers for what is due when it goes on, not for what is to come', async () => {
    const due: DeliveredJob[] = [];
    const noting = { ...queue, deliver: (jobs: readonly DeliveredJob[]) => due.push(...jobs) };
    await pauseQueue({ name: 'light' }, { ledger });
    const hour = 60 * 60_000;
    for (const [priority, after] of [2 * hour, 0, hour].entries())
      await add({ priority, runAt: clock.now() + after });
    await resumeQueue({ name: 'light' }, { ledger, queue: noting });
    expect(due.map(({ runAt }) => runAt)).toEqual([clock.now()]);
  });
});

describe('retention', () => {
  it('removes jobs that ended long ago with their logs, failed ones later, and keeps the rest', async () => {
    const now = clock.now();
    const ended = (status: JobRow['status'], days: number) =>
      add({ status, completedAt: now - days * DAY_MS });
    const gone = [await ended('done', 8), await ended('cancelled', 31), await ended('dead', 91)];
    const kept = [
      await ended('done', 6),
      await ended('cancelled', 29),
      await ended('dead', 89),
      await add({ createdAt: 0 }),
      await add({ createdAt: 0, status: 'running' }),
    ];
    const log = (jobId: string) => ({ jobId, seq: 1, at: 0, line: 'x' });
    await ledger.forOwner(OWNER_A, (tx) => tx.table('jobLogs').insert([...gone, ...kept].map(log)));
    expect(await removeOldJobs({ ledger, now: clock.now }, ctx.signal)).toBe(3);
    const left = await ledger.system(async (tx) => ({
      jobs: (await tx.table('jobs').list()).map(({ id }) => id),
      logs: (await tx.table('jobLogs').list()).map(({ jobId }) => jobId),
    }));
    expect(new Set(left.jobs)).toEqual(new Set(kept));
    expect(new Set(left.logs)).toEqual(new Set(kept));
  });

  it('removes more than one transaction takes', async () => {
    const rows = Array.from({ length: 1_100 }, () => jobRow({ id: newId(), status: 'done', completedAt: 1 }));
    await ledger.forOwner(OWNER_A, (tx) => tx.table('jobs').insert(rows));
    expect(await removeOldJobs({ ledger, now: clock.now }, ctx.signal)).toBe(1_100);
  });
});
