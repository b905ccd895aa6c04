import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type QueueName, SYSTEM_OWNER } from '../../src/ports/ledger-rows.ts';
import type { Ledger, NewJob } from '../../src/ports/ledger.ts';
import { type FakeClock, fakeClock } from '../fakes/clock.ts';
import { OWNER_A, OWNER_B } from '../fakes/ctx.ts';

const LEASE_MS = 1_000;

/** How every driver of the ledger hands out jobs; `open` gives an empty ledger. */
export function ledgerClaimsContract(
  name: string,
  open: (options: { readonly now: () => number }) => Promise<Ledger>,
) {
  describe(`ledger claims contract: ${name}`, () => {
    let ledger: Ledger;
    let clock: FakeClock;
    beforeEach(async () => {
      clock = fakeClock();
      ledger = await open({ now: clock.now });
    });
    afterEach(() => ledger.close());

    const enqueue = (job: Partial<NewJob> = {}, owner = OWNER_A) =>
      ledger.forOwner(owner, (tx) => tx.enqueue({ kind: 'work', queue: 'light', payload: null, ...job }));
    const claim = (queues: readonly QueueName[] = ['light'], worker = 'w1') =>
      ledger.system((tx) => tx.claimJob({ queues, worker, leaseMs: LEASE_MS }));
    const named = (id: string, ownerId = OWNER_A, queue: QueueName = 'light') =>
      ledger.system((tx) =>
        tx.claimJob({ queues: [queue], worker: 'w1', leaseMs: LEASE_MS, job: { ownerId, id } }),
      );
    const due = (queues: readonly QueueName[] = ['light']) => ledger.system((tx) => tx.nextDueAt(queues));
    const pause = (queue: QueueName, paused: 0 | 1) =>
      ledger.system((tx) => tx.table('queues').upsert({ ownerId: SYSTEM_OWNER, name: queue, paused }));

    it('gives nothing when nothing is queued', async () => {
      expect(await claim()).toBeUndefined();
      expect(await due()).toBeUndefined();
    });

    it('hands a job out with its lease, worker and counted attempt, and keeps it so', async () => {
      const id = await enqueue();
      const claimed = await claim();
      expect(claimed).toMatchObject({
        id,
        status: 'running',
        attempt: 1,
        worker: 'w1',
        leaseUntil: clock.now() + LEASE_MS,
        startedAt: clock.now(),
      });
      expect(await ledger.system((tx) => tx.table('jobs').get({ id }))).toEqual(claimed);
    });

    it('never gives one job to two claimers', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => enqueue()));
      const claimed = await Promise.all(Array.from({ length: 30 }, (_, n) => claim(['light'], `w${n}`)));
      expect(claimed.flatMap((job) => job?.id ?? []).sort()).toEqual(ids.sort());
    });

    it('gives the smallest priority first, then the oldest', async () => {
      const late = await enqueue({ priority: 20, runAt: 1 });
      const newer = await enqueue({ priority: 10, runAt: 3 });
      const older = await enqueue({ priority: 10, runAt: 2 });
      const urgent = await enqueue({ priority: 0, runAt: 4 });
      const order = [await claim(), await claim(), await claim(), await claim()];
      expect(order.map((job) => job?.id)).toEqual([urgent, older, newer, late]);
    });

    it('orders by priority over several queues', async () => {
      const low = await enqueue({ queue: 'light', priority: 20 });
      const high = await enqueue({ queue: 'ingestion', priority: 0 });
      const order = [await claim(['light', 'ingestion']), await claim(['light', 'ingestion'])];
      expect(order.map((job) => job?.id)).toEqual([high, low]);
    });

    it('gives the job that is named, whatever is more urgent, and only while it may be handed out', async () => {
      const urgent = await enqueue({ priority: 0 });
      const id = await enqueue({ priority: 20 });
      const later = await enqueue({ runAt: clock.now() + 500 });
      expect((await named(id))?.id).toBe(id);
      expect(await named(id)).toBeUndefined();
      expect(await named(later)).toBeUndefined();
      expect(await named(urgent, OWNER_B)).toBeUndefined();
      expect(await named(urgent, OWNER_A, 'training')).toBeUndefined();
      await pause('light', 1);
      expect(await named(urgent)).toBeUndefined();
      await pause('light', 0);
      await ledger.system((tx) => tx.table('jobs').update({ id: urgent }, { status: 'done' }));
      expect(await named(urgent)).toBeUndefined();
      clock.advance(LEASE_MS);
      expect(await named(id)).toMatchObject({ id, attempt: 2 });
      expect((await named(later))?.id).toBe(later);
    });

    it('gives no job of a queue that was not asked for', async () => {
      await enqueue({ queue: 'training' });
      expect(await claim(['light', 'ingestion'])).toBeUndefined();
      expect(await due(['light', 'ingestion'])).toBeUndefined();
    });

    it('gives jobs of all owners', async () => {
      await enqueue({}, OWNER_A);
      await enqueue({}, OWNER_B);
      const owners = [(await claim())?.ownerId, (await claim())?.ownerId];
      expect(new Set(owners)).toEqual(new Set([OWNER_A, OWNER_B]));
    });

    it('gives no job before it is due and says when it will be', async () => {
      const runAt = clock.now() + 500;
      const id = await enqueue({ runAt });
      expect(await claim()).toBeUndefined();
      expect(await due()).toBe(runAt);
      clock.advance(500);
      expect((await claim())?.id).toBe(id);
    });

    it('gives no job of a paused queue until it goes on', async () => {
      const id = await enqueue();
      await pause('light', 1);
      expect(await claim()).toBeUndefined();
      expect(await due()).toBeUndefined();
      await pause('light', 0);
      expect((await claim())?.id).toBe(id);
    });

    it('gives a job again once its lease ran out, and says when that is', async () => {
      const id = await enqueue();
      const first = await claim();
      expect(await claim(['light'], 'w2')).toBeUndefined();
      expect(await due()).toBe(clock.now() + LEASE_MS);
      clock.advance(LEASE_MS);
      expect(await claim(['light'], 'w2')).toMatchObject({
        id,
        attempt: 2,
        worker: 'w2',
        startedAt: first?.startedAt,
      });
    });

    it('does not count an attempt that the end of its process cut off', async () => {
      await enqueue({ maxAttempts: 1 });
      for (let n = 0; n < 5; n++) {
        const job = await claim();
        expect((job?.maxAttempts ?? 0) - (job?.attempt ?? 0)).toBe(0);
        clock.advance(LEASE_MS);
      }
    });

    it('gives a job that ends every process once more to be settled, then makes it dead', async () => {
      const id = await enqueue({ maxAttempts: 2 });
      const left: (number | undefined)[] = [];
      for (let n = 0; n < 104; n++) {
        const job = await claim();
        left.push(job && job.maxAttempts - job.attempt);
        clock.advance(LEASE_MS);
      }
      expect(left.slice(-5)).toEqual([1, 1, 0, -1, undefined]);
      const row = await ledger.system((tx) => tx.table('jobs').get({ id }));
      expect(row).toMatchObject({ status: 'dead', leaseUntil: null, errorCode: 'internal' });
    });

    it('goes on to the next job when one is made dead', async () => {
      const dead = await enqueue({ maxAttempts: 1, priority: 0 });
      for (let n = 0; n < 102; n++) {
        await claim();
        clock.advance(LEASE_MS);
      }
      const next = await enqueue();
      expect((await claim())?.id).toBe(next);
      expect((await ledger.system((tx) => tx.table('jobs').get({ id: dead })))?.status).toBe('dead');
    });
  });
}
