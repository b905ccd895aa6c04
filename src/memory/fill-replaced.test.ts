import { afterEach, beforeEach, expect, test } from 'vitest';
import { OWNER_A, fakeCtx } from '../../test/fakes/ctx.ts';
import { fakeEmbedder } from '../../test/fakes/embedder.ts';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { openSqliteLedger } from '../adapters/ledger/sqlite-ledger.ts';
import { AppError } from '../core/errors.ts';
import { aloneLeases } from '../core/leases.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Ledger } from '../ports/ledger.ts';
import { fillVectorsJob } from './fill-vectors.ts';
import { switchEmbedder } from './switch-embedder.ts';

const ctx = fakeCtx();
const CLOSED = new AppError('aborted', 'The embedder was closed.');
let ledger: Ledger;
beforeEach(async () => {
  ledger = await openSqliteLedger({ path: ':memory:', now: ctx.now });
});
afterEach(() => ledger.close());

/** Fills with an embedder that is closed at work; `later` is what serves its slot then. */
async function fillClosed(later: (first: Embedder) => Embedder | undefined) {
  const memory = fakeMemoryStore();
  const embedder = fakeEmbedder({ textsError: CLOSED });
  await memory.upsert(OWNER_A, [memoryItem({ id: 'one', text: 'one' })], ctx.signal);
  await switchEmbedder({ model: embedder.model }, { ledger }, ctx);
  let asked = 0;
  const deps = {
    ledger,
    memory,
    bus: { publish() {} },
    texts: { read: async () => new Map([['one', 'one']]), forget() {} },
    leases: aloneLeases(),
    switched() {},
    embedder: () => (asked++ === 0 ? embedder : later(embedder)),
  };
  const notes: string[] = [];
  const job = {
    id: 'job',
    attempt: 1,
    lastAttempt: false,
    progress() {},
    note: (line: string) => notes.push(line),
  };
  return { result: await fillVectorsJob(deps).run({}, job, ctx), notes };
}

test('a model that was replaced at work is left to the job that its successor queued', async () => {
  const { result, notes } = await fillClosed(() => fakeEmbedder());
  expect(result).toEqual({ slots: [] });
  expect(notes.join(' ')).toMatch(/was replaced while it was at work/);
});

test('a model that failed and still serves fails the job', async () => {
  await expect(fillClosed((first) => first)).rejects.toBe(CLOSED);
});
