import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OWNER_A, fakeCtx } from '../../test/fakes/ctx.ts';
import { type FakeEmbedder, fakeEmbedder } from '../../test/fakes/embedder.ts';
import { memoryItem } from '../../test/fakes/memory-item.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { documentRow } from '../../test/fakes/rows.ts';
import { openSqliteLedger } from '../adapters/ledger/sqlite-ledger.ts';
import { AppError } from '../core/errors.ts';
import { derivedId } from '../core/ids.ts';
import { aloneLeases } from '../core/leases.ts';
import { textSlot } from '../ports/embedder.ts';
import type { LiveEvent } from '../ports/event-bus.ts';
import type { JobRun } from '../ports/job-queue.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import { type FillVectorsDeps, fillVectorsJob } from './fill-vectors.ts';
import { readState, STATE_SLOT, stateText } from './state-vector.ts';
import { dropVectorSlotsJob, slotCoverage, switchEmbedder } from './switch-embedder.ts';
import { activeSlot } from './vector-slots.ts';

const DOCUMENT = derivedId(OWNER_A, 'document');
const OLD = { id: 'old', dimensions: 8, maxTokens: 256, languages: ['en'] } as const;
const NEW = { id: 'new', dimensions: 16, maxTokens: 256, languages: 'many' } as const;

function chunk(position: number): MemoryItem {
  return {
    id: derivedId(OWNER_A, 'chunk', position),
    kind: 'chunk',
    terms: `term${position}`,
    documentId: DOCUMENT,
    s3Path: `chunks/${DOCUMENT}/chunk_${position}.txt`,
    position,
    createdAt: position,
    asks: false,
    tags: [],
    entities: [],
    trust: 3,
    derivedFrom: [DOCUMENT],
    sources: [DOCUMENT],
    analyserVersion: 1,
    version: 1,
  };
}

let ledger: Ledger;
let embedders: Map<string, FakeEmbedder>;
let memory: ReturnType<typeof fakeMemoryStore>;
let published: LiveEvent[];
let switched: string[];
let gone: Set<string>;
let deps: FillVectorsDeps;
const ctx = fakeCtx();

beforeEach(async () => {
  ledger = await openSqliteLedger({ path: ':memory:', now: ctx.now });
  embedders = new Map([OLD, NEW].map((model) => [textSlot(model), fakeEmbedder(model)]));
  memory = fakeMemoryStore();
  [published, switched, gone] = [[], [], new Set()];
  deps = {
    ledger,
    memory,
    texts: {
      read: async (_owner, items) =>
        new Map(
          items.filter(({ id }) => !gone.has(id)).map(({ id, position }) => [id, `text number ${position}`]),
        ),
      forget() {},
    },
    bus: { publish: (_owner, event) => published.push(event) },
    embedder: (slot) => embedders.get(slot),
    leases: aloneLeases(),
    switched: (_owner, slot) => switched.push(slot),
  };
  await ledger.forOwner(OWNER_A, (tx) =>
    tx
      .table('documents')
      .insert(documentRow({ id: DOCUMENT, status: 'ready', processed: 1, chunkCount: 150 })),
  );
});
afterEach(() => ledger.close());

async function addChunks(from: number, to: number): Promise<void> {
  const items = Array.from({ length: to - from }, (_, i) => chunk(from + i));
  await memory.upsert(OWNER_A, items, ctx.signal);
}

/** Runs the job once, as its `attempt`; gives its notes and progress beside the result. */
async function fill(
  given: { attempt?: number; job?: ReturnType<typeof fillVectorsJob>; signal?: AbortSignal } = {},
) {
  const { attempt = 1, job = fillVectorsJob(deps), signal = ctx.signal } = given;
  const notes: string[] = [];
  const progress: (number | undefined)[][] = [];
  const run: JobRun = {
    id: 'job',
    attempt,
    lastAttempt: false,
    progress: (done, total) => progress.push([done, total]),
    note: (line) => notes.push(line),
  };
  return { result: await job.run({}, run, { ...ctx, signal }), notes, progress };
}

const active = async () => (await ledger.forOwner(OWNER_A, activeSlot))?.slot;
const statuses = async () =>
  Object.fromEntries(
    (await slotCoverage({}, deps, ctx)).map(({ modelId, status, vectors, of }) => [
      modelId,
      [status, vectors, of],
    ]),
  );
const vectorCount = async () =>
  (await ledger.forOwner(OWNER_A, (tx) => tx.table('documents').get({ id: DOCUMENT })))?.vectorCount;

describe('filling vectors', () => {
  test('gives every item a vector, tells how far it is, and counts them in the document', async () => {
    await addChunks(0, 150);
    await switchEmbedder({ model: OLD }, deps, ctx);
    const { result, progress } = await fill();
    expect(result).toEqual({
      slots: [{ slot: 'text@old', embedded: 150, textless: 0, refused: 0, switched: false }],
    });
    expect(progress).toEqual([
      [64, 150],
      [128, 150],
      [150, 150],
    ]);
    expect(await vectorCount()).toBe(150);
    expect(published).toContainEqual({ kind: 'document-changed', documentId: DOCUMENT });
  });

  test('gives states that lack one their vector, as where an archive was taken in', async () => {
    const { values } = readState({ heartRate: 71.234_56, stress: 40 });
    const state = (id: string, text: string) =>
      memoryItem({ id: derivedId(OWNER_A, id), kind: 'state', text, terms: '' });
    const told = state('told', stateText(values));
    await memory.upsert(OWNER_A, [told, state('untold', 'nobody knows')], ctx.signal);
    await fill();
    const left = await memory.withoutVector(OWNER_A, STATE_SLOT, { kinds: ['state'] }, 9, ctx.signal);
    expect(left.map(({ text }) => text)).toEqual(['nobody knows']);
  });

  test('embeds a chunk with the headings it stands under', async () => {
    await memory.upsert(OWNER_A, [{ ...chunk(7), heading: 'Report › Results' }], ctx.signal);
    await switchEmbedder({ model: OLD }, deps, ctx);
    await fill();
    expect(embedders.get('text@old')?.texts).toEqual(['Report › Results. text number 7']);
  });

  test('embeds nothing twice', async () => {
    await addChunks(0, 70);
    await switchEmbedder({ model: OLD }, deps, ctx);
    await fill();
    await addChunks(70, 80);
    await fill();
    expect(embedders.get('text@old')?.texts).toHaveLength(80);
  });

  test('goes on where it was cancelled', async () => {
    await addChunks(0, 150);
    await switchEmbedder({ model: OLD }, deps, ctx);
    const stop = new AbortController();
    const embedder = embedders.get('text@old') as FakeEmbedder;
    const job = fillVectorsJob({
      ...deps,
      embedder: () => ({
        ...embedder,
        async embedTexts(texts, signal) {
          const vectors = await embedder.embedTexts(texts, signal);
          stop.abort();
          return vectors;
        },
      }),
      memory: {
        ...memory,
        putVectors: (owner, slot, vectors) => memory.putVectors(owner, slot, vectors, ctx.signal),
      },
    });
    await expect(fill({ job, signal: stop.signal })).rejects.toThrow(/abort|cancel/i);
    expect(await statuses()).toEqual({ old: ['active', 64, 150] });
    await fill({ attempt: 2 });
    expect(embedder.texts).toHaveLength(150);
    expect(await vectorCount()).toBe(150);
  });

  test('counts again what an attempt that was killed embedded', async () => {
    await addChunks(0, 150);
    await switchEmbedder({ model: OLD }, deps, ctx);
    await fill();
    await ledger.forOwner(OWNER_A, (tx) =>
      tx.table('documents').update({ id: DOCUMENT }, { vectorCount: 64 }),
    );
    await fill({ attempt: 2 });
    expect(await vectorCount()).toBe(150);
  });

  test('leaves out items whose text is gone, says so, and ends', async () => {
    await addChunks(0, 150);
    for (let i = 0; i < 100; i++) gone.add(chunk(i).id);
    await switchEmbedder({ model: OLD }, deps, ctx);
    const { result, notes } = await fill();
    expect(result).toMatchObject({ slots: [{ embedded: 50, textless: 100 }] });
    expect(notes.join(' ')).toMatch(/100 items have no text/);
  });

  test('is tried again later when the embedder fails', async () => {
    await addChunks(0, 3);
    embedders.set('text@old', fakeEmbedder({ ...OLD, textsError: new AppError('unavailable', 'no answer') }));
    await switchEmbedder({ model: OLD }, deps, ctx);
    await expect(fill()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });

  test('waits for a model that is not here', async () => {
    await addChunks(0, 3);
    await switchEmbedder({ model: OLD }, deps, ctx);
    embedders.clear();
    const { result, notes } = await fill();
    expect(result).toEqual({ slots: [] });
    expect(notes.join(' ')).toMatch(/model old is not available/);
  });

  test('only tells the one that runs to look again when another begins', async () => {
    await addChunks(0, 10);
    await switchEmbedder({ model: OLD }, deps, ctx);
    const embedder = embedders.get('text@old') as FakeEmbedder;
    let second: unknown;
    const job = fillVectorsJob({
      ...deps,
      embedder: () => ({
        ...embedder,
        async embedTexts(texts, signal) {
          if (second === undefined) {
            await addChunks(10, 12);
            second = (await fill({ job })).result;
          }
          return embedder.embedTexts(texts, signal);
        },
      }),
    });
    await fill({ job });
    expect(second).toEqual({ joined: true });
    expect(embedder.texts).toHaveLength(12);
    expect(await statuses()).toEqual({ old: ['active', 12, 12] });
  });
});

describe('switching the embedder', () => {
  test('makes the first model active at once', async () => {
    const { status } = await switchEmbedder({ model: OLD }, deps, ctx);
    expect([status, await active()]).toEqual(['active', 'text@old']);
  });

  test('lets the old model serve until every item has a vector of the new one, then switches', async () => {
    await addChunks(0, 150);
    await switchEmbedder({ model: OLD }, deps, ctx);
    await fill();
    expect((await switchEmbedder({ model: NEW }, deps, ctx)).status).toBe('filling');
    const embedder = embedders.get('text@new') as FakeEmbedder;
    const during: unknown[] = [];
    const job = fillVectorsJob({
      ...deps,
      embedder: (slot) =>
        slot === 'text@new'
          ? {
              ...embedder,
              embedTexts: async (...args) => (during.push(await active()), embedder.embedTexts(...args)),
            }
          : embedders.get(slot),
    });
    await fill({ job });
    expect(during).toEqual(['text@old', 'text@old', 'text@old']);
    expect(await active()).toBe('text@new');
    expect(switched).toEqual(['text@new']);
    expect(await statuses()).toEqual({ old: ['retired', 150, 150], new: ['active', 150, 150] });
  });

  test('gives what is new meanwhile vectors of both', async () => {
    await addChunks(0, 10);
    await switchEmbedder({ model: OLD }, deps, ctx);
    await fill();
    await switchEmbedder({ model: NEW }, deps, ctx);
    await addChunks(10, 15);
    await fill();
    expect(await statuses()).toEqual({ old: ['retired', 15, 15], new: ['active', 15, 15] });
  });

  test('does not switch while the new model cannot answer', async () => {
    await addChunks(0, 10);
    await switchEmbedder({ model: OLD }, deps, ctx);
    await fill();
    embedders.delete('text@new');
    await switchEmbedder({ model: NEW }, deps, ctx);
    await fill();
    expect(await active()).toBe('text@old');
  });

  test('gives up a model that was being filled when another is asked for', async () => {
    await switchEmbedder({ model: OLD }, deps, ctx);
    await addChunks(0, 10);
    await switchEmbedder({ model: NEW }, deps, ctx);
    expect((await switchEmbedder({ model: OLD }, deps, ctx)).status).toBe('active');
    await fill();
    expect(await statuses()).toEqual({ old: ['active', 10, 10], new: ['retired', 0, 10] });
    expect(switched).toEqual([]);
  });

  test('deletes no vectors until it is told to', async () => {
    await addChunks(0, 10);
    await switchEmbedder({ model: OLD }, deps, ctx);
    await fill();
    await switchEmbedder({ model: NEW }, deps, ctx);
    await fill();
    const run: JobRun = { id: 'job', attempt: 1, lastAttempt: false, progress() {}, note() {} };
    expect(await dropVectorSlotsJob(deps).run({}, run, ctx)).toEqual({ dropped: ['text@old'] });
    expect(await statuses()).toEqual({ new: ['active', 10, 10] });
    const old = await memory.vectorCoverage(OWNER_A, 'text@old', { kinds: ['chunk'] }, ctx.signal);
    expect(old.vectors).toBe(0);
  });

  test('queues one job however often it is asked', async () => {
    const first = await switchEmbedder({ model: OLD }, deps, ctx);
    const second = await switchEmbedder({ model: NEW }, deps, ctx);
    expect(second.jobId).toBe(first.jobId);
  });
});
