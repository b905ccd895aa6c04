import { afterEach, beforeEach, expect, test } from 'vitest';
import { entity, relation } from '../../../test/contracts/graph-store-samples.ts';
import { fakeCtx } from '../../../test/fakes/ctx.ts';
import { fakeGraphStore } from '../../../test/fakes/graph-store.ts';
import { openTestLedger } from '../../../test/fakes/ledger.ts';
import { systemTimers } from '../../core/timers.ts';
import type { JobRun } from '../../ports/job-queue.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { MemoryStore } from '../../ports/memory-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { bookings } from '../models/bookings.ts';
import { spentIn } from '../models/budget.ts';
import { eraseSpaceJob } from './erase-space.ts';

const ctx = fakeCtx();
const job: JobRun = { id: 'erasing', attempt: 1, lastAttempt: true, progress() {}, note() {} };
const call = {
  ownerId: ctx.ownerId,
  userId: undefined,
  feature: 'chat',
  promptVersion: '1',
  role: 'chat',
  name: { provider: 'mine', model: 'm' },
  estimateMicros: 10,
} as const;
const ended = {
  outcome: 'done',
  errorCode: undefined,
  tokens: { input: 1, output: 1, cached: 0 },
  estimated: false,
  costMicros: 7,
  ms: 1,
} as const;

let opened: Awaited<ReturnType<typeof openTestLedger>>;
beforeEach(async () => {
  opened = await openTestLedger({ now: ctx.now });
});
afterEach(async () => {
  await opened.queue.close();
  await opened.ledger.close();
});

async function erase(graph = fakeGraphStore()): Promise<unknown> {
  const erasing = eraseSpaceJob({
    ledger: opened.ledger,
    memory: { count: async () => 0, removeOwner: async () => {} } as Partial<MemoryStore> as MemoryStore,
    graph,
    objects: { removeAll: async () => 0 } as Partial<ObjectStore> as ObjectStore,
    timers: systemTimers,
    leaveAlone: async () => 0,
    recorded: async () => {},
  });
  return erasing.run({ userId: 'host' }, job, ctx);
}

test('of a space that is erased nothing is left in the graph, and it is said how much went', async () => {
  const graph = fakeGraphStore();
  const other = ctx.newId();
  for (const owner of [ctx.ownerId, other])
    await graph.upsert(owner, { entities: [entity('a')], relations: [relation('r')] }, ctx.signal);
  expect(await erase(graph)).toMatchObject({ removed: { entities: 1, relations: 1 } });
  expect(await graph.count(ctx.ownerId, ctx.signal)).toEqual({ entities: 0, relations: 0 });
  expect(await graph.count(other, ctx.signal)).toEqual({ entities: 1, relations: 1 });
});

test('of an erased space it is known that something was forgotten, and no longer what', async () => {
  const stone = { kind: 'message', sourceId: ctx.newId(), createdAt: 1, report: null } as const;
  await opened.ledger.forOwner(ctx.ownerId, (tx) => tx.table('tombstones').insert(stone));
  await erase();
  const stones = await opened.ledger.forOwner(ctx.ownerId, (tx) => tx.table('tombstones').list());
  expect(stones).toMatchObject([{ sourceId: ctx.ownerId, createdAt: ctx.now(), report: '{}' }]);
});

test('a space that is erased begins no budget anew, and calls that run then are still settled', async () => {
  const { ledger } = opened;
  const book = bookings({ ledger, newId: ctx.newId });
  await book.settle(ctx.ownerId, await (await book.begin(call)).id, ended);
  const running = await (await book.begin(call)).id;
  await erase();
  await book.settle(ctx.ownerId, running, ended);
  const spent = await ledger.system((tx) => spentIn(tx, '2025-01', SYSTEM_OWNER));
  expect(spent).toEqual({ spentMicros: 14, reservedMicros: 0 });
});
