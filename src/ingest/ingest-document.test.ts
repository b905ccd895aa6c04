import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../core/errors.ts';
import { objectKeys } from '../core/object-keys.ts';
import { queryTerms } from '../memory/analyser.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { type IngestRoom, fakeReader, openIngestRoom } from '../../test/fakes/ingest-room.ts';
import { forgetDocument } from './forget-document.ts';
import { getDocument } from './list-documents.ts';
import { retryDocument } from './retry-document.ts';

let room: IngestRoom;
beforeEach(async () => {
  room = await openIngestRoom();
});
afterEach(() => room.close());

async function reopen(deps: NonNullable<Parameters<typeof openIngestRoom>[0]>['deps']): Promise<void> {
  await room.close();
  room = await openIngestRoom({ deps: deps ?? {} });
}

const long = (topic: string, sentences = 60) =>
  Array.from(
    { length: sentences },
    (_, i) => `The ${topic} number ${i} has its own ${topic} story to tell.`,
  ).join(' ');

async function itemsOf(documentId: string): Promise<MemoryItem[]> {
  const page = await room.deps.memory.list(
    room.ctx.ownerId,
    { documentIds: [documentId] },
    { limit: 500 },
    room.ctx.signal,
  );
  return [...page.items].sort((a, b) => a.position - b.position);
}

async function chunkFiles(documentId: string): Promise<string[]> {
  const files: { key: string; text: string }[] = [];
  for await (const { key } of room.deps.objects.list(room.ctx.ownerId, objectKeys.chunks(documentId)))
    files.push({ key, text: new TextDecoder().decode(await room.deps.objects.get(room.ctx.ownerId, key)) });
  const number = (key: string) => Number(/(\d+)\.txt$/.exec(key)?.[1]);
  return files.sort((a, b) => number(a.key) - number(b.key)).map(({ text }) => text);
}

/** Ids of documents that a question finds by its words. */
async function found(question: string): Promise<string[]> {
  const request = { terms: queryTerms(question, 'en'), vectors: [], filter: {}, candidates: 50 };
  const hits = await room.deps.memory.search(room.ctx.ownerId, request, room.ctx.signal);
  return [...new Set(hits.filter(({ words }) => words > 0).map(({ documentId }) => documentId ?? ''))];
}

const view = (documentId: string) => getDocument({ documentId }, room.deps, room.ctx);

/** A store that throws at the `nth` upsert (from 1) and works before and after. */
function failingOnce(nth: number, error: () => Error) {
  const memory = fakeMemoryStore({ batchItems: 2 });
  let calls = 0;
  const upsert: typeof memory.upsert = (...args) =>
    ++calls === nth ? Promise.reject(error()) : memory.upsert(...args);
  return { ...memory, upsert };
}

describe('reading a document', () => {
  test('makes it ready with a file and an item for each chunk', async () => {
    const text = `# Tea\n\n${long('garden')}`;
    const { document } = await room.upload(text, {
      filename: 'tea.txt',
      tags: 'drink',
      contentTime: 1_700_000_000_000,
    });
    await room.runJobs();
    const ready = await view(document.id);
    const items = await itemsOf(document.id);
    expect([ready.status, ready.chunks, ready.language]).toEqual(['ready', items.length, 'en']);
    expect(items.length).toBeGreaterThan(2);
    expect((await chunkFiles(document.id)).join('')).toBe(text);
    expect(items.map(({ position }) => position)).toEqual(items.map((_, i) => i));
    expect(items[1]).toMatchObject({
      kind: 'chunk',
      documentId: document.id,
      s3Path: `chunks/${document.id}/chunk_1.txt`,
      filename: 'tea.txt',
      contentType: 'text/plain',
      heading: 'Tea',
      language: 'en',
      tags: ['drink'],
      eventTime: 1_700_000_000_000,
      sources: [document.id],
    });
  });

  test('keeps no text in the item', async () => {
    const { document } = await room.upload(long('garden'));
    await room.runJobs();
    for (const item of await itemsOf(document.id)) expect(item.text).toBeUndefined();
  });

  test('opens each chunk at its offsets', async () => {
    const text = `# Один\r\n\n${long('сад 😀')}\n\n# Two\n${long('kitchen')}`;
    const { document } = await room.upload(text);
    await room.runJobs();
    const files = await chunkFiles(document.id);
    const items = await itemsOf(document.id);
    expect(items.map(({ start, end }) => text.slice(start, end))).toEqual(files);
  });

  test('goes through its states, tells who watches of each, and announces the end', async () => {
    const seen: string[] = [];
    const look = async () => seen.push((await view(documentId)).status);
    const [reader, memory] = [fakeReader(), fakeMemoryStore()];
    await reopen({
      reader: { ...reader, read: async (...args) => (await look(), reader.read(...args)) },
      memory: { ...memory, upsert: async (...args) => (await look(), memory.upsert(...args)) },
    });
    const { document } = await room.upload('Tea.');
    const documentId = document.id;
    await look();
    await room.runJobs();
    await look();
    expect(seen).toEqual(['queued', 'reading', 'indexing', 'ready']);
    expect(room.published).toEqual(seen.map(() => ({ kind: 'document-changed', documentId })));
    expect(room.announced).toEqual([{ kind: 'document-indexed', documentId }]);
  });

  test('finds a chunk by its heading and its file name, which its slice does not hold', async () => {
    const { document } = await room.upload(`# Zanzibar\n\n${long('garden')}`, {
      filename: 'quarterly_budget.txt',
    });
    const last = async () => (await itemsOf(document.id)).at(-1)?.terms.split(' ') ?? [];
    await room.runJobs();
    for (const word of ['zanzibar', 'budget', 'quarterly'])
      expect(await last()).toContain(queryTerms(word, 'en')[0]?.term);
  });

  test('gives the same items and files when it runs twice', async () => {
    const { document } = await room.upload(long('garden'));
    await room.runJobs();
    const before = [await itemsOf(document.id), await chunkFiles(document.id)];
    await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx.enqueue({ kind: 'read-document', queue: 'ingestion', payload: { documentId: document.id } }),
    );
    await room.runJobs();
    expect([await itemsOf(document.id), await chunkFiles(document.id)]).toEqual(before);
  });

  test('removes what a longer reading before left', async () => {
    let cut = false;
    const reader = fakeReader();
    await reopen({
      reader: {
        ...reader,
        async read(source, signal) {
          const whole = await reader.read(source, signal);
          return cut ? { ...whole, text: whole.text.slice(0, 1_200), blocks: [] } : whole;
        },
      },
    });
    const { document } = await room.upload(long('garden'));
    await room.runJobs();
    const before = (await itemsOf(document.id)).length;
    cut = true;
    await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx.enqueue({ kind: 'rebuild-documents', queue: 'ingestion', payload: {} }),
    );
    const [ran] = await room.runJobs();
    const after = (await itemsOf(document.id)).length;
    expect(after).toBeLessThan(before);
    expect((await chunkFiles(document.id)).join('')).toBe(long('garden').slice(0, 1_200));
    expect((await view(document.id)).chunks).toBe(after);
    expect(ran?.result).toEqual({ rebuilt: 1, failed: 0, left: 0 });
  });

  test.each([1, 2, 3])('finishes on the next attempt what broke at write %i', async (nth) => {
    await reopen({ memory: failingOnce(nth, () => new AppError('unavailable', 'disk away')) });
    const { document } = await room.upload(long('garden', 100));
    const ran = await room.runJobs();
    expect(ran.map(({ status }) => status)).toEqual(['queued', 'done']);
    const ready = await view(document.id);
    expect([ready.status, ready.chunks]).toEqual(['ready', (await itemsOf(document.id)).length]);
    expect((await chunkFiles(document.id)).join('')).toBe(long('garden', 100));
  });

  test('is failed only after the last attempt at a temporary failure, and can be retried', async () => {
    const reader = {
      ...fakeReader(),
      read: () => Promise.reject(new AppError('timeout', 'Reading took too long.')),
    };
    await reopen({ reader });
    const { document } = await room.upload('Tea.');
    const ran = await room.runJobs();
    expect(ran.map(({ status }) => status)).toEqual(['queued', 'queued', 'dead']);
    expect(await view(document.id)).toMatchObject({
      status: 'failed',
      reason: 'Reading took too long.',
      canRetry: true,
    });
  });

  test('says why a document cannot be read, and that trying again does not help', async () => {
    const { document } = await room.upload(' \n ', { filename: 'blank.txt' });
    const ran = await room.runJobs();
    expect(ran).toHaveLength(1);
    const failed = await view(document.id);
    expect([failed.status, failed.canRetry]).toEqual(['failed', false]);
    expect(failed.reason).toMatch(/blank\.txt/);
  });

  test('reads a failed document again when asked', async () => {
    let broken = true;
    const reader = fakeReader();
    const read: typeof reader.read = (...args) =>
      broken ? Promise.reject(new AppError('unreadable', 'damaged')) : reader.read(...args);
    await reopen({ reader: { ...reader, read } });
    const { document } = await room.upload('Tea.');
    await room.runJobs();
    broken = false;
    expect((await retryDocument({ documentId: document.id }, room.deps, room.ctx)).status).toBe('queued');
    await room.runJobs();
    expect((await view(document.id)).status).toBe('ready');
  });

  test('refuses to retry what has not failed', async () => {
    const { document } = await room.upload('Tea.');
    await expect(retryDocument({ documentId: document.id }, room.deps, room.ctx)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('is failed, to be retried, when a person cancelled its job', async () => {
    await reopen({
      reader: { ...fakeReader(), read: () => Promise.reject(new AppError('aborted', 'stopped')) },
    });
    const { document } = await room.upload('Tea.');
    await room.runJobs();
    expect(await view(document.id)).toMatchObject({ status: 'failed', canRetry: true });
  });
});

describe('superseding', () => {
  test('keeps the old document in recall until the new one is ready', async () => {
    const old = await room.upload('Tea grows in Bogor.', { path: 'a.txt' });
    await room.runJobs();
    const changed = await room.upload('Coffee grows in Bogor.', { path: 'a.txt' });
    expect(await found('Bogor')).toEqual([old.document.id]);
    await room.runJobs();
    expect(await found('Bogor')).toEqual([changed.document.id]);
    expect((await view(old.document.id)).status).toBe('superseded');
    expect(await chunkFiles(old.document.id)).toEqual([]);
    expect(
      await room.deps.objects.info(room.ctx.ownerId, objectKeys.original(old.document.id, 'txt')),
    ).toBeDefined();
  });

  test('keeps the old document when the new one cannot be read', async () => {
    const old = await room.upload('Tea grows in Bogor.', { path: 'a.txt' });
    await room.runJobs();
    await room.upload('   ', { path: 'a.txt' });
    await room.runJobs();
    expect(await found('Bogor')).toEqual([old.document.id]);
  });

  test('brings a document back when its bytes return to the place', async () => {
    const first = await room.upload('Tea grows in Bogor.', { path: 'a.txt' });
    await room.runJobs();
    const second = await room.upload('Coffee grows in Bogor.', { path: 'a.txt' });
    await room.runJobs();
    const back = await room.upload('Tea grows in Bogor.', { path: 'a.txt' });
    expect([back.outcome, back.document.id, back.document.supersedes]).toEqual([
      'replaced',
      first.document.id,
      second.document.id,
    ]);
    await room.runJobs();
    expect(await found('Bogor')).toEqual([first.document.id]);
    expect((await view(second.document.id)).status).toBe('superseded');
  });

  test('retires at once what a document replaces that is ready already', async () => {
    const tea = await room.upload('Tea grows in Bogor.', { path: 'tea.txt' });
    const coffee = await room.upload('Coffee grows in Bogor.', { path: 'coffee.txt' });
    await room.runJobs();
    const moved = await room.upload('Tea grows in Bogor.', { path: 'coffee.txt' });
    expect(moved.outcome).toBe('replaced');
    await room.runJobs();
    expect(await found('Bogor')).toEqual([tea.document.id]);
    expect((await view(coffee.document.id)).status).toBe('superseded');
  });

  test('leaves only the last of several versions, whichever was read when', async () => {
    const texts = ['Tea grows in Bogor.', 'Coffee grows in Bogor.', 'Cocoa grows in Bogor.'];
    const uploads = [];
    for (const text of texts) uploads.push(await room.upload(text, { path: 'a.txt' }));
    await room.runJobs();
    expect(await found('Bogor')).toEqual([uploads[2]?.document.id]);
    const statuses = await Promise.all(uploads.map(async ({ document }) => (await view(document.id)).status));
    expect(statuses).toEqual(['superseded', 'superseded', 'ready']);
  });

  test('lets the old document live on when the new one is deleted before it was read', async () => {
    const old = await room.upload('Tea grows in Bogor.', { path: 'a.txt' });
    await room.runJobs();
    const changed = await room.upload('Coffee grows in Bogor.', { path: 'a.txt' });
    await forgetDocument({ documentId: changed.document.id }, room.deps, room.ctx);
    await room.runJobs();
    expect(await found('Bogor')).toEqual([old.document.id]);
    const view = await getDocument({ documentId: old.document.id }, room.deps, room.ctx);
    expect([view.status, view.supersededBy]).toEqual(['ready', undefined]);
  });
});
