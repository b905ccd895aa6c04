import { afterEach, beforeEach, expect, test } from 'vitest';
import { OWNER_A, fakeCtx } from '../../test/fakes/ctx.ts';
import { fakeEmbedder, type FakeEmbedder } from '../../test/fakes/embedder.ts';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { openSqliteLedger } from '../adapters/ledger/sqlite-ledger.ts';
import { aloneLeases } from '../core/leases.ts';
import type { Ledger } from '../ports/ledger.ts';
import { type FillVectorsDeps, fillVectorsJob } from './fill-vectors.ts';
import { switchEmbedder } from './switch-embedder.ts';

const ctx = fakeCtx();
let ledger: Ledger;
let embedder: FakeEmbedder;
let deps: FillVectorsDeps;
beforeEach(async () => {
  ledger = await openSqliteLedger({ path: ':memory:', now: ctx.now });
  embedder = fakeEmbedder();
  const memory = fakeMemoryStore();
  deps = {
    ledger,
    memory,
    bus: { publish() {} },
    texts: { read: async () => new Map([['one', 'one']]), forget() {} },
    leases: aloneLeases(),
    switched() {},
    embedder: () => embedder,
  };
  await memory.upsert(OWNER_A, [memoryItem({ id: 'one', text: 'one' })], ctx.signal);
  await switchEmbedder({ model: embedder.model }, { ledger }, ctx);
  await ledger.forOwner(OWNER_A, (tx) => tx.table('jobs').remove({}));
});
afterEach(() => ledger.close());

const run = (changes: Partial<FillVectorsDeps>) => {
  const job = { id: 'job', attempt: 1, lastAttempt: false, progress() {}, note() {} };
  return fillVectorsJob({ ...deps, ...changes }).run({}, job, ctx);
};

test('an owner is left to the process that fills for them, and looked at again later', async () => {
  expect(await run({ leases: { tryHold: async () => undefined } })).toEqual({ joined: true });
  expect(embedder.texts).toEqual([]);
  const [queued] = await ledger.readsOf(OWNER_A).table('jobs').list();
  expect(queued).toMatchObject({ kind: 'fill-vectors', runAt: ctx.now() + 5_000 });
});

test('what was chosen in another process is opened first', async () => {
  let here: FakeEmbedder | undefined;
  const notice = async () => {
    here = embedder;
  };
  await run({ embedder: () => here, notice });
  expect(embedder.texts).toHaveLength(1);
});
