import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IngestRoom, openIngestRoom } from '../../test/fakes/ingest-room.ts';
import { childDocumentReader } from '../adapters/document-reader/child-document-reader.ts';
import { openSqliteMemoryStore } from '../adapters/memory-store/sqlite-memory-store.ts';
import { silentLog } from '../core/context.ts';
import { objectKeys } from '../core/object-keys.ts';
import { BM25, queryTerms } from '../memory/analyser.ts';
import type { DocumentReader, ExtractedDocument } from '../ports/document-reader.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { DocumentView } from '../wire/documents.ts';
import { forgetDocument } from './forget-document.ts';
import { getDocument } from './list-documents.ts';

const FIXTURES = fileURLToPath(new URL('../../test/fixtures/documents', import.meta.url));
const READABLE = /\.(?:txt|md|html|csv|json|jsonl|pdf|docx|pptx|xlsx)$/;
const files = (await readdir(FIXTURES)).filter((name) => READABLE.test(name));

const LOCKED = /^protected/;

let room: IngestRoom;
let reader: DocumentReader;
let memory: MemoryStore;
/** What the reader gave, by file name. */
const extracted = new Map<string, ExtractedDocument>();

beforeAll(async () => {
  const child = childDocumentReader({ log: silentLog });
  reader = {
    ...child,
    async read(source, signal) {
      const document = await child.read(source, signal);
      extracted.set(source.filename, document);
      return document;
    },
  };
  memory = await openSqliteMemoryStore({
    path: ':memory:',
    bm25: BM25,
    indexBudgetBytes: 50_000_000,
    log: silentLog,
  });
  room = await openIngestRoom({ deps: { reader, memory, maxUploadBytes: 50_000_000 } });
});
afterAll(async () => {
  await room.close();
  await memory.close();
  await reader.close();
});

async function takeIn(name: string): Promise<DocumentView> {
  const bytes = await readFile(join(FIXTURES, name));
  const { document } = await room.upload(bytes, { filename: name, path: name });
  await room.runJobs();
  return getDocument({ documentId: document.id }, room.deps, room.ctx);
}

describe('taking in real files with the real drivers', () => {
  test('has files of every kind to try', () => {
    const kinds = new Set(files.map((name) => name.split('.').at(-1)));
    for (const kind of ['pdf', 'docx', 'pptx', 'xlsx']) expect(kinds).toContain(kind);
  });

  test.each(files.filter((name) => !LOCKED.test(name)))(
    'makes %s ready, each chunk opening at its place',
    async (name) => {
      const view = await takeIn(name);
      const source = extracted.get(name)?.text ?? '';
      const page = await memory.list(
        room.ctx.ownerId,
        { documentIds: [view.id] },
        { limit: 500 },
        room.ctx.signal,
      );
      const items = page.items.toSorted((a, b) => a.position - b.position);
      expect([view.status, view.chunks]).toEqual(['ready', items.length]);
      for (const { position, start, end } of items) {
        const chunk = await room.deps.objects.get(room.ctx.ownerId, objectKeys.chunk(view.id, position));
        expect(new TextDecoder().decode(chunk)).toBe(source.slice(start, end));
      }
      expect(items.map(({ start, end }) => source.slice(start, end)).join('')).toBe(source);
    },
  );

  test.each(files.filter((name) => LOCKED.test(name)))('says why %s cannot be read', async (name) => {
    const view = await takeIn(name);
    expect(view).toMatchObject({ status: 'failed', canRetry: false });
    expect(view.reason).toMatch(/password|protected|encrypted/i);
  });

  test('finds a word of a document until it is deleted, then no more', async () => {
    const bytes = Buffer.from('The password of the greenhouse is xylocanaryphone.');
    const { document } = await room.upload(bytes, { filename: 'greenhouse.txt', path: 'greenhouse.txt' });
    await room.runJobs();
    const terms = queryTerms('xylocanaryphone', 'en');
    const search = async () => {
      const request = { terms, vectors: [], filter: {}, candidates: 50 };
      const hits = await memory.search(room.ctx.ownerId, request, room.ctx.signal);
      return hits.map(({ documentId }) => documentId);
    };
    expect(await search()).toEqual([document.id]);
    await forgetDocument({ documentId: document.id }, room.deps, room.ctx);
    expect(await search()).toEqual([]);
  });
});
