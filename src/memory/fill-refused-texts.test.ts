import { afterEach, beforeEach, expect, test } from 'vitest';
import { OWNER_A, fakeCtx } from '../../test/fakes/ctx.ts';
import { fakeEmbedder } from '../../test/fakes/embedder.ts';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { openSqliteLedger } from '../adapters/ledger/sqlite-ledger.ts';
import { AppError } from '../core/errors.ts';
import { aloneLeases } from '../core/leases.ts';
import { textSlot } from '../ports/embedder.ts';
import type { JobRun } from '../ports/job-queue.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import { fillVectorsJob } from './fill-vectors.ts';
import { switchEmbedder } from './switch-embedder.ts';

const ctx = fakeCtx();
let ledger: Ledger;
beforeEach(async () => {
  ledger = await openSqliteLedger({ path: ':memory:', now: ctx.now });
});
afterEach(() => ledger.close());

/** Fills the vectors of 100 messages with an embedder that refuses requests which hold such a text. */
async function fillRefusing(refuses: (text: string) => boolean) {
  const memory = fakeMemoryStore();
  const embedder = fakeEmbedder();
  const notes: string[] = [];
  const job: JobRun = {
    id: 'job',
    attempt: 1,
    lastAttempt: false,
    progress() {},
    note: (line) => notes.push(line),
  };
  const items = Array.from({ length: 100 }, (_, i) =>
    memoryItem({ id: `item ${i}`, text: `text ${i}`, createdAt: i }),
  );
  await memory.upsert(OWNER_A, items, ctx.signal);
  const deps = {
    ledger,
    memory,
    bus: { publish() {} },
    texts: {
      read: async (_owner: string, some: readonly MemoryItem[]) =>
        new Map(some.map(({ id, text = '' }) => [id, text])),
      forget() {},
    },
    leases: aloneLeases(),
    switched() {},
    embedder: () => ({
      ...embedder,
      async embedTexts(texts: readonly string[], signal: AbortSignal) {
        if (texts.some(refuses)) throw new AppError('invalid-input', 'The server refuses the request.');
        return embedder.embedTexts(texts, signal);
      },
    }),
  };
  await switchEmbedder({ model: embedder.model }, deps, ctx);
  const fill = () => fillVectorsJob(deps).run({}, job, ctx);
  const coverage = () => memory.vectorCoverage(OWNER_A, textSlot(embedder.model), {}, ctx.signal);
  return { fill, coverage, notes };
}

test('a text that the embedder refuses is left out with a note, and all others get their vectors', async () => {
  const refused = new Set(['text 0', 'text 70']);
  const { fill, coverage, notes } = await fillRefusing((text) => refused.has(text));
  expect(await fill()).toMatchObject({ slots: [{ embedded: 98, refused: 2 }] });
  expect(await coverage()).toEqual({ items: 100, vectors: 98 });
  expect(notes.join(' ')).toMatch(/refuses the text of 2 items/);
});

test('a later run meets it again and ends as well', async () => {
  const { fill } = await fillRefusing((text) => text === 'text 0');
  await fill();
  expect(await fill()).toMatchObject({ slots: [{ embedded: 0, refused: 1 }] });
});

test('an embedder that refuses whatever it is given fails the job', async () => {
  const { fill, coverage } = await fillRefusing(() => true);
  await expect(fill()).rejects.toMatchObject({ code: 'invalid-input' });
  expect(await coverage()).toEqual({ items: 100, vectors: 0 });
});
