import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWNER_A } from '../../test/fakes/ctx.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { AppError } from '../core/errors.ts';
import { type Workplace, gate, openWorkplace, untilAborted, work } from '../../test/fakes/workplace.ts';

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace();
});
afterEach(() => place.close());

describe('a job that fails', () => {
  it('is tried again after a wait that grows, then is dead and settled once', async () => {
    const attempts: [number, boolean, number][] = [];
    const buried: string[] = [];
    place.start([
      work(
        async (_, job) => {
          attempts.push([job.attempt, job.lastAttempt, place.clock.now()]);
          throw new AppError('unavailable', 'The model does not answer.');
        },
        {
          async onDead(payload, error, ctx) {
            buried.push(`${JSON.stringify(payload)} ${error.message} ${ctx.ownerId}`);
          },
        },
      ),
    ]);
    const begin = place.clock.now();
    const id = await place.enqueue();
    await place.passTime(async () => (await place.rowOf(id)).status === 'dead', 100);
    expect(attempts.map(([attempt, last]) => [attempt, last])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const waits = attempts.map(([, , at]) => at - begin);
    expect(waits[1]).toBeGreaterThanOrEqual(2_000);
    expect(waits[2]).toBeGreaterThanOrEqual(10_000);
    expect(buried).toEqual([`{"n":1} The model does not answer. ${OWNER_A}`]);
    expect(await place.rowOf(id)).toMatchObject({
      errorCode: 'unavailable',
      error: 'The model does not answer.',
      leaseUntil: null,
    });
    expect(await place.linesOf(id)).toEqual(
      [1, 2, 3].map((attempt) => `Attempt ${attempt} failed: The model does not answer.`),
    );
  });

  it('waits as long as the other side asked', async () => {
    place.start([
      work(async () => {
        throw new AppError('rate-limited', 'Too many requests.', { retryAfterMs: 60_000 });
      }),
    ]);
    const id = await place.enqueue();
    await eventually(async () => (await place.rowOf(id)).errorCode !== null);
    expect(await place.rowOf(id)).toMatchObject({
      status: 'queued',
      runAt: place.clock.now() + 60_000,
      attempt: 1,
    });
  });

  it('is dead at once when trying again cannot help', async () => {
    place.start([
      work(async () => {
        throw new AppError('unreadable', 'The file is damaged.');
      }),
    ]);
    const id = await place.enqueue();
    expect(await place.reaches(id, 'dead')).toMatchObject({ attempt: 1, errorCode: 'unreadable' });
  });

  it('is tried again after an error that is not ours, whose words only the log keeps', async () => {
    place.start([
      work(async () => {
        throw new TypeError('secret detail');
      }),
    ]);
    const id = await place.enqueue();
    await eventually(async () => (await place.rowOf(id)).errorCode !== null);
    const row = await place.rowOf(id);
    expect(row).toMatchObject({ status: 'queued', errorCode: 'internal' });
    expect(row.error).not.toContain('secret');
    expect(place.logged()).toContain('job-failed');
  });

  it('is tried again after an abort that nobody here asked for', async () => {
    place.start([
      work(async () => {
        throw new DOMException('connection gone', 'AbortError');
      }),
    ]);
    const id = await place.enqueue();
    await eventually(async () => (await place.rowOf(id)).errorCode !== null);
    expect((await place.rowOf(id)).status).toBe('queued');
  });

  it('counts what cannot be kept as a result as a failure', async () => {
    place.start([work(async () => 1n)]);
    const id = await place.enqueue({ maxAttempts: 1 });
    expect((await place.reaches(id, 'dead')).errorCode).toBe('internal');
  });

  it('is dead at once when its payload or its kind is not known', async () => {
    place.start([work(async () => 1)]);
    const bad = await place.enqueue({ payload: { n: 'no number' } });
    const unknown = await place.enqueue({ kind: 'nothing' });
    expect((await place.reaches(bad, 'dead')).errorCode).toBe('invalid-input');
    expect((await place.reaches(unknown, 'dead')).errorCode).toBe('unsupported');
  });

  it('is dead although settling it fails, which is logged', async () => {
    place.start([
      work(
        async () => {
          throw new AppError('unreadable', 'The file is damaged.');
        },
        { onDead: () => Promise.reject(new Error('no')) },
      ),
    ]);
    const id = await place.enqueue();
    await place.reaches(id, 'dead');
    expect(place.logged()).toContain('job-not-buried');
  });

  it('is aborted at its time limit, which counts as a failed attempt', async () => {
    const { opened: began, open: begin } = gate();
    place.start([
      work(
        (payload, job, ctx) => {
          begin();
          return untilAborted(payload, job, ctx);
        },
        { timeLimitMs: 1_000 },
      ),
    ]);
    const id = await place.enqueue({ maxAttempts: 1 });
    await began;
    place.clock.advance(1_000);
    expect(await place.reaches(id, 'dead')).toMatchObject({
      errorCode: 'timeout',
      error: 'The job took longer than its limit of 1 s.',
    });
  });

  it('is given up when it goes on half a minute after its abort', async () => {
    const { opened: began, open: begin } = gate();
    place.start([
      work(
        () => {
          begin();
          return new Promise(() => {});
        },
        { timeLimitMs: 1_000 },
      ),
    ]);
    const id = await place.enqueue({ maxAttempts: 1 });
    await began;
    await place.passTime(async () => (await place.rowOf(id)).status === 'dead');
    expect((await place.rowOf(id)).errorCode).toBe('timeout');
    expect(place.logged()).toContain('job-abandoned');
  });

  it('is settled without running when its process ended again and again', async () => {
    const id = await place.enqueue({ maxAttempts: 1 });
    for (let n = 0; n < 101; n++) {
      await place.ledger.system((tx) => tx.claimJob({ queues: ['light'], worker: 'gone', leaseMs: 1 }));
      place.clock.advance(1);
    }
    const buried: string[] = [];
    let runs = 0;
    place.start([
      work(async () => runs++, {
        async onDead(_, error) {
          buried.push(error.message);
        },
      }),
    ]);
    expect(await place.reaches(id, 'dead')).toMatchObject({ errorCode: 'internal' });
    expect(runs).toBe(0);
    expect(buried).toEqual(['Jiwa ended in every attempt at this job.']);
  });
});
