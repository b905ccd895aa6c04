import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts';
import { OWNER_A, fakeCtx } from '../../test/fakes/ctx.ts';
import { openTestLedger } from '../../test/fakes/ledger.ts';
import { memoryEventBus } from '../adapters/event-bus/memory-event-bus.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { JobRow } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';
import { jobRecord } from './job-record.ts';
import { retryJob } from './jobs.ts';

const LEASE_MS = 1_000;

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

async function claim(worker: string): Promise<JobRow> {
  const row = await ledger.system((tx) => tx.claimJob({ queues: ['light'], worker, leaseMs: LEASE_MS }));
  if (row === undefined) throw new Error('no job is due');
  return row;
}
const recordOf = (row: JobRow) => jobRecord(row, { ledger, now: clock.now, leaseMs: LEASE_MS });

it('an attempt that stood still is not taken for a later one of the same worker and number', async () => {
  await ledger.forOwner(OWNER_A, (tx) => tx.enqueue({ kind: 'work', queue: 'light', payload: null }));
  const first = await claim('a');
  clock.advance(LEASE_MS);
  const second = await claim('b');
  expect(await recordOf(second).finish({ status: 'dead', completedAt: clock.now() })).toBe(true);
  await retryJob({ id: first.id }, { ledger, queue, bus: memoryEventBus() }, fakeCtx());
  const again = await claim('a');
  expect([again.worker, again.attempt]).toEqual([first.worker, first.attempt]);
  expect(await recordOf(first).look()).toBe('lost');
  expect(await recordOf(first).finish({ status: 'done' })).toBe(false);
  expect(await recordOf(again).save()).toBe('ours');
});
