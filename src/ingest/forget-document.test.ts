import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OWNER_B, fakeCtx } from '../../test/fakes/ctx.ts';
import { type IngestRoom, fakeReader, openIngestRoom } from '../../test/fakes/ingest-room.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { AppError } from '../core/errors.ts';
import { derivedId } from '../core/ids.ts';
import { forgetDocument } from './forget-document.ts';
import { listDocuments } from './list-documents.ts';

let room: IngestRoom;
beforeEach(async () => {
  room = await openIngestRoom();
});
afterEach(() => room.close());

async function reopen(deps: NonNullable<Parameters<typeof openIngestRoom>[0]>['deps']): Promise<void> {
  await room.close();
  room = await openIngestRoom({ deps: deps ?? {} });
}

const CANARY = 'xylocanaryphone';
const secret = Array.from(
  { length: 80 },
  (_, i) => `Line ${i} of the ${CANARY} diary is about tea and rain.`,
).join(' ');

async function filesHolding(word: string): Promise<string[]> {
  const entries = await readdir(room.folder, { recursive: true, withFileTypes: true });
  const holding: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = join(entry.parentPath, entry.name);
    if ((await readFile(file)).includes(word)) holding.push(file);
  }
  return holding;
}

const forget = (documentId: string) => forgetDocument({ documentId }, room.deps, room.ctx);

/** Everything that the room keeps of the owner's documents, tombstones aside. */
async function leftovers() {
  const items = await room.deps.memory.count(
    room.ctx.ownerId,
    { kinds: ['chunk', 'insight'] },
    room.ctx.signal,
  );
  const rows = await room.deps.ledger.forOwner(room.ctx.ownerId, async (tx) => [
    await tx.table('documents').count(),
    await tx.table('documentPlaces').count(),
    await tx.table('intents').count(),
  ]);
  return { items, rows, files: await filesHolding(CANARY) };
}

const NOTHING = { items: 0, rows: [0, 0, 0], files: [] };

describe('forgetting a document', () => {
  test('leaves its text nowhere and says what went', async () => {
    const { document } = await room.upload(secret, { path: 'a.txt' });
    await room.upload(secret, { path: 'b.txt' });
    await room.runJobs();
    expect((await filesHolding(CANARY)).length).toBeGreaterThan(3);
    const chunks = await room.deps.memory.count(room.ctx.ownerId, { kinds: ['chunk'] }, room.ctx.signal);
    const report = await forget(document.id);
    expect(report).toEqual({ id: document.id, removed: { chunk: chunks, objects: chunks + 1, rows: 3 } });
    expect(await leftovers()).toEqual(NOTHING);
  });

  test('removes what was derived from it', async () => {
    const { document } = await room.upload(secret);
    await room.runJobs();
    const [chunk] = (await room.deps.memory.list(room.ctx.ownerId, {}, { limit: 1 }, room.ctx.signal)).items;
    if (chunk === undefined) throw new Error('no chunk');
    const id = derivedId(room.ctx.ownerId, 'insight', 1);
    const insight = {
      ...chunk,
      id,
      kind: 'insight',
      text: 'Tea and rain.',
      derivedFrom: [chunk.id],
    } as const;
    await room.deps.memory.upsert(room.ctx.ownerId, [insight], room.ctx.signal);
    expect((await forget(document.id)).removed).toMatchObject({ insight: 1 });
    expect(await leftovers()).toEqual(NOTHING);
  });

  test('keeps a tombstone with counts and announces it', async () => {
    const { document } = await room.upload('Tea.');
    await room.runJobs();
    const report = await forget(document.id);
    const tombstones = await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx.table('tombstones').list(),
    );
    expect(tombstones.map(({ sourceId, report: kept }) => [sourceId, JSON.parse(kept ?? '')])).toEqual([
      [document.id, report],
    ]);
    expect(room.announced.at(-1)).toEqual({ kind: 'source-forgotten', sourceId: document.id });
  });

  test('works before the document was read, and its job then finds nothing to do', async () => {
    const { document } = await room.upload(secret);
    await forget(document.id);
    const [ran] = await room.runJobs();
    expect(ran?.result).toEqual({ outcome: 'left' });
    expect(await leftovers()).toEqual(NOTHING);
  });

  test('works on a failed document', async () => {
    const { document } = await room.upload('  ');
    await room.runJobs();
    expect((await forget(document.id)).removed).toEqual({ objects: 1, rows: 2 });
    expect(await leftovers()).toEqual(NOTHING);
  });

  test('works on a superseded document and leaves its successor alone', async () => {
    const { document } = await room.upload(secret, { path: 'a.txt' });
    await room.runJobs();
    const successor = await room.upload('Tea.', { path: 'a.txt' });
    await room.runJobs();
    await forget(document.id);
    expect(await filesHolding(CANARY)).toEqual([]);
    const { items } = await listDocuments({ limit: 50 }, room.deps, room.ctx);
    expect(items.map(({ id, status, supersedes }) => [id, status, supersedes])).toEqual([
      [successor.document.id, 'ready', undefined],
    ]);
  });

  test('stops the job that is reading the document, which leaves nothing behind', async () => {
    const reader = fakeReader();
    await reopen({
      reader: {
        ...reader,
        async read(source, signal) {
          await forget(derived);
          return reader.read(source, signal);
        },
      },
    });
    const derived = (await room.upload(secret)).document.id;
    const [ran] = await room.runJobs();
    expect(ran?.result).toEqual({ outcome: 'left' });
    expect(await leftovers()).toEqual(NOTHING);
  });

  test.each([1, 2, 3])('leaves nothing when it comes while write %i of the job is under way', async (nth) => {
    const memory = fakeMemoryStore({ batchItems: 1 });
    let calls = 0;
    let deletion: Promise<unknown> | undefined;
    await reopen({
      memory: {
        ...memory,
        async upsert(...args) {
          if (++calls === nth) deletion = forget(documentId);
          await memory.upsert(...args);
        },
      },
    });
    const documentId = (await room.upload(secret)).document.id;
    await room.runJobs();
    await deletion;
    expect(calls).toBeGreaterThanOrEqual(nth);
    expect(await leftovers()).toEqual(NOTHING);
  });

  test.each(['items', 'objects', 'closing'] as const)(
    'is carried through at the next start when it broke at %s',
    async (where) => {
      const { document } = await room.upload(secret);
      await room.runJobs();
      const { memory, objects, ledger } = room.deps;
      const broken = () => Promise.reject(new AppError('unavailable', 'killed'));
      let transactions = 0;
      const closing: typeof ledger.forOwner = (owner, work) =>
        ++transactions === 2 ? broken() : ledger.forOwner(owner, work);
      const dying = {
        items: { memory: { ...memory, remove: broken } },
        objects: { objects: { ...objects, removeAll: broken } },
        closing: { ledger: { ...ledger, forOwner: closing } },
      }[where];
      await expect(
        forgetDocument({ documentId: document.id }, { ...room.deps, ...dying }, room.ctx),
      ).rejects.toThrow('killed');
      expect((await listDocuments({ limit: 50 }, room.deps, room.ctx)).items).toEqual([]);
      await room.sweep();
      expect(await leftovers()).toEqual(NOTHING);
      const [tombstone] = await ledger.forOwner(room.ctx.ownerId, (tx) => tx.table('tombstones').list());
      expect(tombstone?.report).not.toBeNull();
    },
  );

  test('goes on when asked again after it broke', async () => {
    const { document } = await room.upload(secret);
    const objects = {
      ...room.deps.objects,
      removeAll: () => Promise.reject(new AppError('unavailable', 'away')),
    };
    await expect(
      forgetDocument({ documentId: document.id }, { ...room.deps, objects }, room.ctx),
    ).rejects.toThrow('away');
    expect((await forget(document.id)).removed).toEqual({ objects: 1, rows: 2 });
    expect(await leftovers()).toEqual(NOTHING);
  });

  test('is carried through although who asked has gone', async () => {
    const { document } = await room.upload(secret);
    const gone = { ...room.ctx, signal: AbortSignal.abort() };
    await forgetDocument({ documentId: document.id }, room.deps, gone);
    expect(await leftovers()).toEqual(NOTHING);
  });

  test('refuses what is not there, and a second time', async () => {
    const { document } = await room.upload('Tea.');
    await forget(document.id);
    await expect(forget(document.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('never touches another owner’s document', async () => {
    const { document } = await room.upload(secret);
    await room.runJobs();
    const other = fakeCtx({ ownerId: OWNER_B });
    await expect(forgetDocument({ documentId: document.id }, room.deps, other)).rejects.toMatchObject({
      code: 'not-found',
    });
    const { items } = await listDocuments({ limit: 50 }, room.deps, room.ctx);
    expect(items.map(({ status }) => status)).toEqual(['ready']);
  });
});
