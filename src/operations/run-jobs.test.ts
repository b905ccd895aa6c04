import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWNER_A, OWNER_B } from '../../test/fakes/ctx.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { AppError } from '../core/errors.ts';
import type { LiveEvent } from '../ports/event-bus.ts';
import type { JobQueue, JobRun } from '../ports/job-queue.ts';
import {
  type Workplace,
  LEASE_MS,
  gate,
  openWorkplace,
  untilAborted,
  work,
} from '../../test/fakes/workplace.ts';

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace();
});
afterEach(() => place.close());

describe('a job that succeeds', () => {
  it('runs with its payload, its owner and the attempt, and keeps what it returned', async () => {
    const seen: unknown[] = [];
    place.start([
      work(async (payload, job, ctx) => {
        seen.push(payload, job.attempt, job.lastAttempt, ctx.ownerId);
        return { made: 3 };
      }),
    ]);
    const id = await place.enqueue({ payload: { n: 7 } }, OWNER_B);
    const row = await place.reaches(id, 'done');
    expect(seen).toEqual([{ n: 7 }, 1, false, OWNER_B]);
    expect(row).toMatchObject({
      result: '{"made":3}',
      completedAt: place.clock.now(),
      leaseUntil: null,
      error: null,
    });
  });

  it('writes progress and log lines', async () => {
    place.start([
      work(async (_, job) => {
        job.progress(1, 2, 'half');
        job.note('first');
        job.note('second');
        job.progress(2, 2);
      }),
    ]);
    const id = await place.enqueue();
    const row = await place.reaches(id, 'done');
    expect(row).toMatchObject({ progressDone: 2, progressTotal: 2, progressNote: null });
    expect(await place.linesOf(id)).toEqual(['first', 'second']);
  });

  it('shows progress while it runs, and tells the owner', async () => {
    const events: LiveEvent[] = [];
    const { opened: began, open: begin } = gate();
    place.start([
      work(async (payload, job, ctx) => {
        job.progress(5, 10);
        begin();
        return untilAborted(payload, job, ctx);
      }),
    ]);
    const id = await place.enqueue();
    await began;
    const watching = new AbortController();
    const watch = (async () => {
      for await (const event of place.bus.subscribe(OWNER_A, watching.signal)) events.push(event);
    })();
    await place.passTime(async () => (await place.rowOf(id)).progressDone === 5);
    await eventually(() => events.length > 0);
    expect(events).toContainEqual({ kind: 'job-changed', jobId: id });
    watching.abort();
    await watch;
  });

  it('writes progress at most four times a second', async () => {
    const { opened: began, open: begin } = gate();
    const tick = gate();
    let report: JobRun['progress'] = () => {};
    place.start([
      work(async (_, job) => {
        report = (done) => job.progress(done);
        begin();
        await tick.opened;
      }),
    ]);
    const id = await place.enqueue();
    await began;
    let writes = 0;
    const counting = new AbortController();
    const events = place.bus.subscribe(OWNER_A, counting.signal);
    const count = (async () => {
      for await (const _ of events) writes++;
    })();
    for (let n = 1; n <= 100; n++) {
      report(n);
      place.clock.advance(10);
      await place.rowOf(id);
    }
    expect(writes).toBeGreaterThan(0);
    expect(writes).toBeLessThanOrEqual(4);
    counting.abort();
    await count;
    tick.open();
    await place.reaches(id, 'done');
  });

  it('runs as many jobs at once as its pool has places', async () => {
    let running = 0;
    let most = 0;
    const release = gate();
    place.start(
      [
        work(async () => {
          most = Math.max(most, ++running);
          await release.opened;
          running--;
        }),
      ],
      { concurrency: 3 },
    );
    const ids = await Promise.all(Array.from({ length: 6 }, () => place.enqueue()));
    await eventually(() => running === 3);
    release.open();
    for (const id of ids) await place.reaches(id, 'done');
    expect(most).toBe(3);
  });
});

describe('leases', () => {
  it('keeps the lease of a job that runs long', async () => {
    const { opened: began, open: begin } = gate();
    const finish = gate();
    place.start([
      work(async () => {
        begin();
        await finish.opened;
      }),
    ]);
    const id = await place.enqueue();
    await began;
    const end = place.clock.now() + 5 * LEASE_MS;
    await place.passTime(async () => {
      expect((await place.rowOf(id)).leaseUntil).toBeGreaterThan(place.clock.now());
      return place.clock.now() > end;
    });
    finish.open();
    expect(await place.reaches(id, 'done')).toMatchObject({ attempt: 1 });
  });

  it('aborts a job whose lease another worker took, and discards what it returns', async () => {
    const { opened: began, open: begin } = gate();
    let reason: unknown;
    const workers = place.start([
      work(async (_, __, { signal }) => {
        begin();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        reason = signal.reason;
        return 'too late';
      }),
    ]);
    const id = await place.enqueue();
    await began;
    const taken = { worker: 'other', attempt: 2, leaseUntil: place.clock.now() + 1_000_000 };
    await place.ledger.system((tx) => tx.table('jobs').update({ id }, taken));
    await place.passTime(() => reason !== undefined);
    await workers.stop({ graceMs: 0 });
    expect(reason).toMatchObject({ code: 'aborted' });
    expect(await place.rowOf(id)).toMatchObject({ status: 'running', worker: 'other', result: null });
  });
});

describe('cancellation and stopping', () => {
  it('cancels a running job within about a second and settles it', async () => {
    const { opened: began, open: begin } = gate();
    const buried: string[] = [];
    place.start([
      work(
        (payload, job, ctx) => {
          begin();
          return untilAborted(payload, job, ctx);
        },
        {
          async onDead(_, error) {
            buried.push(error.message);
          },
        },
      ),
    ]);
    const id = await place.enqueue();
    await began;
    await place.ledger.system((tx) => tx.table('jobs').update({ id }, { cancelRequested: 1 }));
    const asked = place.clock.now();
    await place.passTime(async () => (await place.rowOf(id)).status === 'cancelled', 50);
    expect((await place.rowOf(id)).completedAt).toBeLessThanOrEqual(asked + 1_500);
    expect(buried).toEqual(['The job was cancelled.']);
  });

  it('lets a running job end within the grace of a stop, and takes no new one', async () => {
    const { opened: began, open: begin } = gate();
    const finish = gate();
    const workers = place.start(
      [
        work(async () => {
          begin();
          await finish.opened;
        }),
      ],
      { concurrency: 1 },
    );
    const first = await place.enqueue();
    await began;
    const second = await place.enqueue();
    const stopped = workers.stop({ graceMs: 10_000 });
    finish.open();
    await stopped;
    expect((await place.rowOf(first)).status).toBe('done');
    expect((await place.rowOf(second)).status).toBe('queued');
  });

  it('gives a job that outlasts the grace back to its queue without counting the attempt', async () => {
    const { opened: began, open: begin } = gate();
    const workers = place.start([
      work((payload, job, ctx) => {
        begin();
        return untilAborted(payload, job, ctx);
      }),
    ]);
    const id = await place.enqueue();
    await began;
    const stopped = workers.stop({ graceMs: 1_000 });
    place.clock.advance(1_000);
    await stopped;
    expect(await place.rowOf(id)).toMatchObject({
      status: 'queued',
      attempt: 0,
      worker: null,
      leaseUntil: null,
      runAt: place.clock.now(),
      error: null,
    });
  });

  it('leaves no timer behind when it has stopped', async () => {
    const workers = place.start([work(async () => 1)]);
    await place.reaches(await place.enqueue(), 'done');
    await workers.stop({ graceMs: 5_000 });
    expect(place.clock.waiting()).toBe(0);
  });

  it('goes on claiming after the queue failed, which it says once', async () => {
    let failures = 3;
    const queue: JobQueue = {
      ...place.queue,
      next: (...args) =>
        failures-- > 0
          ? Promise.reject(new AppError('unavailable', 'The ledger is busy.'))
          : place.queue.next(...args),
    };
    place.start([work(async () => 1)], { queue });
    const id = await place.enqueue();
    await place.passTime(async () => (await place.rowOf(id)).status === 'done');
    const claims = place.log.entries.filter(({ event }) => event.startsWith('job-claim'));
    expect(claims).toMatchObject([
      { event: 'job-claim-failed' },
      { event: 'job-claim-works-again', fields: { failures: 3 } },
    ]);
  });

  it('does not count attempts while the stores are away, and tries no other job until they are back', async () => {
    let away = true;
    const ran: number[] = [];
    const definition = work(async ({ n }) => {
      ran.push(n);
      if (away) throw new AppError('unavailable', 'The store does not answer.');
      return n;
    });
    place.start([definition], { concurrency: 1, storesAnswer: async () => !away });
    const ids = [await place.enqueue({ payload: { n: 1 } }), await place.enqueue({ payload: { n: 2 } })];
    await place.passTime(() => place.logged().includes('job-waits-for-stores'));
    const until = place.clock.now() + 60_000;
    await place.passTime(() => place.clock.now() > until, 1_000);
    expect(ran).toHaveLength(1);
    away = false;
    for (const id of ids) await place.passTime(async () => (await place.rowOf(id)).status === 'done');
    for (const id of ids) expect(await place.rowOf(id)).toMatchObject({ attempt: 1 });
  });

  it('stops while the stores are away', async () => {
    const down = work(async () => Promise.reject(new AppError('unavailable', 'No.')));
    const workers = place.start([down], { storesAnswer: async () => false });
    const id = await place.enqueue();
    await place.passTime(() => place.logged().includes('job-waits-for-stores'));
    await workers.stop({ graceMs: 0 });
    expect(await place.rowOf(id)).toMatchObject({ status: 'queued', attempt: 0, errorCode: 'unavailable' });
  });

  it('does not wait for the stores until the grace is over when it stops', async () => {
    const down = work(async () => Promise.reject(new AppError('unavailable', 'No.')));
    const workers = place.start([down], { storesAnswer: async () => false });
    await place.enqueue();
    await place.passTime(() => place.logged().includes('job-waits-for-stores'));
    const asked = place.clock.now();
    let stopped = false;
    void workers.stop({ graceMs: 60_000 }).then(() => (stopped = true));
    await place.passTime(() => stopped);
    expect(place.clock.now() - asked).toBeLessThan(60_000);
  });

  it('refuses two definitions of one kind', () => {
    expect(() => place.start([work(async () => 1), work(async () => 2)])).toThrow('same kind');
  });
});
