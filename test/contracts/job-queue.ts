import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Timers } from '../../src/core/timers.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import type { JobRow, QueueName } from '../../src/ports/ledger-rows.ts';
import type { Ledger, NewJob } from '../../src/ports/ledger.ts';
import { type FakeClock, fakeClock } from '../fakes/clock.ts';
import { OWNER_A } from '../fakes/ctx.ts';
import { eventually } from '../fakes/eventually.ts';

export interface JobQueueContractOptions {
  readonly now: () => number;
  readonly timers: Timers;
  /** Must be told what the ledger queued. */
  readonly onEnqueued: (jobs: readonly JobRow[]) => void;
}

const LEASE_MS = 1_000;

/** The rules every driver of the job queue keeps; `open` gives one over an empty ledger. */
export function jobQueueContract(
  name: string,
  open: (options: JobQueueContractOptions) => Promise<{ ledger: Ledger; queue: JobQueue }>,
) {
  describe(`job queue contract: ${name}`, () => {
    let clock: FakeClock;
    let ledger: Ledger;
    let queue: JobQueue;
    let silent: boolean;

    beforeEach(async () => {
      clock = fakeClock();
      silent = false;
      ({ ledger, queue } = await open({
        now: clock.now,
        timers: clock,
        onEnqueued: (jobs) => (silent ? undefined : queue.deliver(jobs)),
      }));
    });
    afterEach(async () => {
      await queue.close();
      await ledger.close();
    });

    const enqueue = (job: Partial<NewJob> = {}) =>
      ledger.forOwner(OWNER_A, (tx) => tx.enqueue({ kind: 'work', queue: 'light', payload: null, ...job }));
    const next = (queues: readonly QueueName[] = ['light'], signal = new AbortController().signal) =>
      queue.next(queues, 'w', LEASE_MS, signal);
    /** Nothing was claimable and the timer for the next look is set. */
    const asleep = () => eventually(() => clock.waiting() > 0);

    it('claims a job that waits at once', async () => {
      const id = await enqueue();
      expect(await next()).toMatchObject({ id, status: 'running', worker: 'w', attempt: 1 });
    });

    it('wakes at once for a job that is queued while it waits', async () => {
      const waiting = next();
      await asleep();
      const id = await enqueue();
      expect((await waiting)?.id).toBe(id);
    });

    it('sleeps on when a job comes for other queues', async () => {
      const waiting = next(['light']);
      await asleep();
      await enqueue({ queue: 'training' });
      const id = await enqueue({ queue: 'light' });
      expect((await waiting)?.id).toBe(id);
    });

    it('misses no job that is queued while it looks', async () => {
      for (let round = 0; round < 20; round++) {
        const [job, id] = await Promise.all([next(), enqueue()]);
        expect(job?.id).toBe(id);
      }
    });

    it('wakes when a job becomes due', async () => {
      const id = await enqueue({ runAt: clock.now() + 500 });
      const waiting = next();
      await asleep();
      clock.advance(500);
      expect((await waiting)?.id).toBe(id);
    });

    it('looks again when a job comes that is due sooner than the one it sleeps for', async () => {
      await enqueue({ runAt: clock.now() + 20_000 });
      const waiting = next();
      await asleep();
      const soon = await enqueue({ runAt: clock.now() + 100 });
      let claimed: string | undefined;
      void waiting.then((job) => {
        claimed = job?.id;
      });
      // The other one must not become due while this one is on its way through a server.
      const end = clock.now() + 15_000;
      await eventually(async () => {
        if (clock.now() < end) clock.advance(1);
        return claimed;
      });
      expect(claimed).toBe(soon);
    });

    it('wakes when the lease of a running job runs out', async () => {
      const id = await enqueue();
      await next();
      const waiting = next();
      await asleep();
      clock.advance(LEASE_MS);
      expect(await waiting).toMatchObject({ id, attempt: 2 });
    });

    it('finds a job it was not told of within half a minute', async () => {
      const waiting = next();
      await asleep();
      silent = true;
      const id = await enqueue();
      clock.advance(30_000);
      expect((await waiting)?.id).toBe(id);
    });

    it('takes all that waits from the ledger again, twice as well as once, and says how much', async () => {
      silent = true;
      const ids = [await enqueue(), await enqueue({ runAt: clock.now() + 50 })];
      await enqueue({ queue: 'training' });
      const lost = await ledger.system((tx) =>
        tx.claimJob({ queues: ['training'], worker: 'dead', leaseMs: 0 }),
      );
      const never = new AbortController().signal;
      for (let times = 0; times < 2; times++) {
        expect(await queue.rebuild(['light', 'training', 'nightly'], never)).toEqual(
          new Map([
            ['light', 2],
            ['training', 1],
            ['nightly', 0],
          ]),
        );
      }
      clock.advance(50);
      expect(new Set([(await next())?.id, (await next())?.id])).toEqual(new Set(ids));
      expect((await next(['training']))?.id).toBe(lost?.id);
    });

    it('gives every job once to many who wait', async () => {
      const claims = Array.from({ length: 10 }, () => next());
      await asleep();
      const ids = await Promise.all(Array.from({ length: 10 }, () => enqueue()));
      expect((await Promise.all(claims)).flatMap((job) => job?.id ?? []).sort()).toEqual(ids.sort());
    });

    it('gives undefined when the signal is aborted, before or while it waits', async () => {
      expect(await next(['light'], AbortSignal.abort())).toBeUndefined();
      const stop = new AbortController();
      const waiting = next(['light'], stop.signal);
      await asleep();
      stop.abort();
      expect(await waiting).toBeUndefined();
      expect(clock.waiting()).toBe(0);
    });

    it('ends those who wait when it is closed', async () => {
      const waiting = next();
      await asleep();
      await queue.close();
      expect(await waiting).toBeUndefined();
      expect(await next()).toBeUndefined();
    });

    it('passes on that the ledger failed', async () => {
      await ledger.close();
      await expect(next()).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}
