import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { memoryEventBus } from '../../src/adapters/event-bus/memory-event-bus.ts';
import { ledgerJobQueue } from '../../src/adapters/job-queue/ledger-job-queue.ts';
import { openPostgresLedger } from '../../src/adapters/ledger/postgres-ledger.ts';
import { silentLog } from '../../src/core/context.ts';
import { newId } from '../../src/core/ids.ts';
import { leasedTurns } from '../../src/core/leases.ts';
import { systemTimers } from '../../src/core/timers.ts';
import { cancelJob } from '../../src/operations/jobs.ts';
import { ledgerLeases } from '../../src/operations/leases.ts';
import { runJob } from '../../src/operations/run-job.ts';
import { startWorkers } from '../../src/operations/run-jobs.ts';
import type { JobDefinition } from '../../src/ports/job-queue.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import { fakeCtx, OWNER_A } from '../fakes/ctx.ts';
import { eventually } from '../fakes/eventually.ts';
import { gate } from '../fakes/workplace.ts';
import { type TestDatabase, testDatabase } from './postgres-database.ts';

let database: TestDatabase;
let closing: (() => Promise<void>)[];
beforeEach(async () => {
  database = await testDatabase();
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await database.drop();
});

/** A process that runs jobs over a connection of its own. */
async function process(name: string) {
  const ledger = await openPostgresLedger({ url: database.url, now: Date.now, process: name });
  const queue = ledgerJobQueue({ ledger, now: Date.now, timers: systemTimers });
  const bus = memoryEventBus();
  closing.push(async () => {
    await queue.close();
    await bus.close();
    await ledger.close();
  });
  const around = { ledger, queue, bus, log: silentLog, now: Date.now, newId, timers: systemTimers };
  return { ...around, random: () => 0, worker: name, storesAnswer: async () => true };
}

const job = (run: JobDefinition['run'], onDead?: JobDefinition['onDead']): JobDefinition => ({
  kind: 'work',
  queue: 'light',
  payload: z.unknown(),
  timeLimitMs: 60_000,
  run,
  ...(onDead && { onDead }),
});
const enqueue = (ledger: Ledger) =>
  ledger.forOwner(OWNER_A, (tx) => tx.enqueue({ kind: 'work', queue: 'light', payload: {} }));
const claim = (ledger: Ledger, worker: string, leaseMs = 30_000) =>
  ledger.system((tx) => tx.claimJob({ queues: ['light'], worker, leaseMs }));

describe('a job of several processes', () => {
  test('is cancelled where it runs when another asks for it', async () => {
    const [a, b] = [await process('a'), await process('b')];
    const begun = gate();
    const ended = gate();
    const definitions = [
      job(
        async (_payload, _job, { signal }) => {
          begun.open();
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
        async () => ended.open(),
      ),
    ];
    const workers = startWorkers({ ...a, definitions }, [{ queues: ['light'], concurrency: 1 }]);
    closing.push(() => workers.stop({ graceMs: 0 }));
    const id = await enqueue(b.ledger);
    a.queue.deliver([{ ownerId: OWNER_A, id, queue: 'light', runAt: 0, priority: 10 }]);
    await begun.opened;
    const ctx = fakeCtx({ ownerId: OWNER_A });
    await cancelJob({ id }, { ...b, definitions: [] }, ctx);
    await ended.opened;
    const end = await eventually(async () => {
      const row = await b.ledger.readsOf(OWNER_A).table('jobs').get({ id });
      return row?.status !== 'running' && row;
    });
    expect(end).toMatchObject({ status: 'cancelled', worker: 'a' });
  });

  test('is stored once where the one that had it stood still until another had done it', async () => {
    const [a, b] = [await process('a'), await process('b')];
    const id = await enqueue(a.ledger);
    const first = await claim(a.ledger, 'a', 0);
    const still = gate();
    const buried: string[] = [];
    const definitionOf = (name: string, waiting?: Promise<void>, failing = false) => [
      job(
        async () => {
          await waiting;
          if (failing) throw new Error('it failed after all');
          return name;
        },
        async () => void buried.push(name),
      ),
    ];
    const never = new AbortController().signal;
    if (first === undefined) throw new Error('no job');
    // Beats so seldom that it does not notice.
    const paused = { ...a, leaseMs: 1_000_000, definitions: definitionOf('a', still.opened, true) };
    const running = runJob({ ...first, maxAttempts: 1 }, paused, never);
    const second = await claim(b.ledger, 'b');
    if (second === undefined) throw new Error('the lease did not run out');
    await runJob(second, { ...b, definitions: definitionOf('b') }, never);
    still.open();
    await running;
    const row = await a.ledger.readsOf(OWNER_A).table('jobs').get({ id });
    expect(row).toMatchObject({ status: 'done', result: '"b"', worker: 'b' });
    expect(buried).toEqual([]);
  });
});

test('work with the same key is done by one process at a time', async () => {
  const turnsOf = async (name: string) => {
    const { ledger, timers, log } = await process(name);
    return leasedTurns(ledgerLeases({ ledger, process: name, timers, log }), 'document');
  };
  const all = await Promise.all(['a', 'b', 'c'].map(turnsOf));
  let stored = 0;
  const addOne = async () => {
    const read = stored;
    await new Promise((resolve) => setImmediate(resolve));
    stored = read + 1;
  };
  await Promise.all(all.flatMap((inTurn) => [1, 2, 3, 4].map(() => inTurn('one', addOne))));
  expect(stored).toBe(12);
  expect(await database.run('select count(*)::int as left from leases')).toEqual([{ left: 0 }]);
});
