import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OWNER_B, fakeCtx } from '../../test/fakes/ctx.ts';
import { type IngestRoom, openIngestRoom } from '../../test/fakes/ingest-room.ts';
import { documentsInFolder, getDocument, listDocuments } from './list-documents.ts';
import { listPlaces, listSources } from './list-places.ts';
import { originalDocument } from './original-document.ts';

let room: IngestRoom;
beforeEach(async () => {
  room = await openIngestRoom();
});
afterEach(() => room.close());

const list = (query: Partial<Parameters<typeof listDocuments>[0]>) =>
  listDocuments({ limit: 50, ...query }, room.deps, room.ctx);

describe('listing documents', () => {
  test.each([1, 2, 3])('gives every document once, newest first, in pages of %i', async (limit) => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) {
      // Some in the same millisecond.
      if (i % 3 === 0) room.clock.advance(1_000);
      ids.push((await room.upload(`text ${i}`, { path: `${i}.txt` })).document.id);
    }
    const seen: string[] = [];
    const times: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items.map(({ id }) => id));
      times.push(...page.items.map(({ uploadedAt }) => uploadedAt));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  test('finds a part of the file name or of the path, whatever the case', async () => {
    await room.upload('one', { filename: 'Tea_notes.txt', path: 'farm/2024/x.txt' });
    await room.upload('two', { filename: 'plan.txt', path: 'farm/tea/plan.txt' });
    await room.upload('three', { filename: 'plan.txt', path: 'city/plan.txt' });
    const names = async (name: string) =>
      (await list({ name })).items
        .map(({ places }) => places[0]?.path ?? '')
        .toSorted((a, b) => a.localeCompare(b));
    expect(await names('TEA')).toEqual(['farm/2024/x.txt', 'farm/tea/plan.txt']);
    expect(await names('city/')).toEqual(['city/plan.txt']);
    expect(await names('%')).toEqual([]);
  });

  test('finds a path however many others have the name, on pages as without one', async () => {
    const many = await room.upload('one', { path: 'farm/0.txt' });
    const ids = [many.document.id];
    for (const content of ['two', 'three']) {
      ids.push((await room.upload(content, { path: `farm/${content}.txt` })).document.id);
    }
    await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx.table('documentPlaces').insert(
        Array.from({ length: 2_500 }, (_, i) => ({
          source: 'upload',
          path: `farm/many/${i}.txt`,
          documentId: many.document.id,
          seenAt: tx.now + 1,
        })),
      ),
    );
    const first = await list({ name: 'FARM/', limit: 2 });
    const second = await list({ name: 'FARM/', limit: 2, cursor: first.next ?? '' });
    expect(second.next).toBeUndefined();
    expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  test('filters by status', async () => {
    await room.upload('Tea.');
    await room.runJobs();
    await room.upload('Coffee.', { path: 'b.txt' });
    expect((await list({ status: 'ready' })).items).toHaveLength(1);
    expect((await list({ status: 'queued' })).items).toHaveLength(1);
  });

  test('refuses a cursor that it did not give', async () => {
    await expect(list({ cursor: '1 or 1=1' })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('shows what it says of one document', async () => {
    const { document } = await room.upload('Tea.', { contentTime: 5 });
    expect(await getDocument({ documentId: document.id }, room.deps, room.ctx)).toEqual(document);
    expect(document).toMatchObject({ contentTime: 5, vectors: 0, chunks: 0, canRetry: false });
  });
});

test('finds the documents below a folder', async () => {
  const inside = await room.upload('one', { path: 'farm/tea/a.txt' });
  await room.upload('two', { path: 'old/farm/b.txt' });
  expect(await documentsInFolder({ folder: '/farm/' }, room.deps, room.ctx)).toEqual([inside.document.id]);
});

describe('the places of a source', () => {
  const places = (query: { under?: string; cursor?: string; limit?: number } = {}) =>
    listPlaces({ source: 'home', limit: 50, ...query }, room.deps, room.ctx);
  const paths = async (query: Parameters<typeof places>[0]) =>
    (await places(query)).items.map(({ path }) => path);

  test('are told by path, with how many places their document has', async () => {
    const { document } = await room.upload('one', { path: 'b.txt', source: 'home' });
    await room.upload('one', { path: 'x.txt', source: 'work' });
    await room.upload('two', { path: 'a.txt', source: 'home' });
    expect((await places()).items).toMatchObject([
      { path: 'a.txt', documentPlaces: 1 },
      { path: 'b.txt', documentPlaces: 2, documentId: document.id },
    ]);
  });

  test('are told of one folder only, when asked so, in pages', async () => {
    for (const path of ['b/1.txt', 'b/2.txt', 'b/c/3.txt', 'b.txt', 'b0.txt', 'bc/4.txt', 'a.txt'])
      await room.upload(path, { path, source: 'home' });
    expect(await paths({ under: 'b' })).toEqual(['b/1.txt', 'b/2.txt', 'b/c/3.txt']);
    const first = await places({ under: 'b', limit: 2 });
    expect(await paths({ under: 'b', limit: 2, cursor: first.next ?? '' })).toEqual(['b/c/3.txt']);
  });

  test('are nobody else’s', async () => {
    await room.upload('one', { path: 'a.txt', source: 'home' });
    const other = fakeCtx({ ownerId: OWNER_B });
    expect((await listPlaces({ source: 'home', limit: 50 }, room.deps, other)).items).toEqual([]);
    expect((await listSources({ prefix: 'h', limit: 50 }, room.deps, other)).items).toEqual([]);
  });
});

test('names each source once, in pages, and only those that begin as asked', async () => {
  for (const source of ['folder:b', 'upload', 'folder:a', 'album', 'folder:c'])
    for (const path of ['1.txt', '2.txt']) await room.upload(`${source}${path}`, { path, source });
  const first = await listSources({ prefix: 'folder:', limit: 2 }, room.deps, room.ctx);
  expect(first.items).toEqual([{ source: 'folder:a' }, { source: 'folder:b' }]);
  const rest = await listSources(
    { prefix: 'folder:', limit: 2, cursor: first.next ?? '' },
    room.deps,
    room.ctx,
  );
  expect(rest).toEqual({ items: [{ source: 'folder:c' }] });
});

test('gives the original as it came', async () => {
  const bytes = new Uint8Array(5_000).map((_, i) => (i % 250) + 1);
  const { document } = await room.upload(bytes);
  const original = await originalDocument({ documentId: document.id }, room.deps, room.ctx);
  const parts: Uint8Array[] = [];
  for await (const part of original.bytes) parts.push(part);
  expect(new Uint8Array(Buffer.concat(parts))).toEqual(bytes);
  expect(original).toMatchObject({ filename: 'notes.txt', contentType: 'text/plain', sizeBytes: 5_000 });
});

test('gives nobody another owner’s original', async () => {
  const { document } = await room.upload('Tea.');
  const other = fakeCtx({ ownerId: OWNER_B });
  await expect(originalDocument({ documentId: document.id }, room.deps, other)).rejects.toMatchObject({
    code: 'not-found',
  });
});
