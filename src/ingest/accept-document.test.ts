import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../core/errors.ts';
import { derivedId, sha256 } from '../core/ids.ts';
import type { ObjectKey } from '../core/object-keys.ts';
import type { LedgerTables } from '../ports/ledger-rows.ts';
import { acceptDocument } from './accept-document.ts';
import type { IngestDeps } from './deps.ts';
import { forgetDocument } from './forget-document.ts';
import { getDocument, listDocuments } from './list-documents.ts';
import { OWNER_B, fakeCtx } from '../../test/fakes/ctx.ts';
import { type IngestRoom, openIngestRoom } from '../../test/fakes/ingest-room.ts';

let room: IngestRoom;
beforeEach(async () => {
  room = await openIngestRoom();
});
afterEach(() => room.close());

async function objectKeysOf(
  deps: Pick<IngestDeps, 'objects'>,
  ownerId = room.ctx.ownerId,
): Promise<string[]> {
  const keys: string[] = [];
  for (const prefix of ['raw/', 'chunks/'])
    for await (const { key } of deps.objects.list(ownerId, prefix as ObjectKey)) keys.push(key);
  return keys;
}

const rowsOf = <N extends keyof LedgerTables>(name: N) =>
  room.deps.ledger.forOwner(room.ctx.ownerId, (tx) => tx.table(name).list());

describe('accepting a document', () => {
  test('has the original, the row, the place and the job before it answers', async () => {
    const { document, outcome } = await room.upload('Tea grows in Bogor.', {
      path: 'farm/tea.txt',
      source: 'home',
    });
    expect(outcome).toBe('accepted');
    expect(document).toMatchObject({
      id: derivedId(room.ctx.ownerId, 'document', sha256('Tea grows in Bogor.')),
      status: 'queued',
      places: [{ source: 'home', path: 'farm/tea.txt' }],
      sizeBytes: 19,
      contentType: 'text/plain',
    });
    expect(await objectKeysOf(room.deps)).toEqual([`raw/${document.id}/original.txt`]);
    expect((await rowsOf('jobs')).map(({ kind, status }) => [kind, status])).toEqual([
      ['read-document', 'queued'],
    ]);
    expect(await rowsOf('intents')).toEqual([]);
  });

  test('tells who watches', async () => {
    const { document } = await room.upload('Tea.');
    expect(room.published).toEqual([{ kind: 'document-changed', documentId: document.id }]);
  });

  test('knows the same bytes and adds the new place', async () => {
    const first = await room.upload('Tea.', { path: 'a.txt' });
    const again = await room.upload('Tea.', { path: 'b.txt' });
    expect(again.outcome).toBe('known');
    expect(again.document.id).toBe(first.document.id);
    expect(again.document.places.map(({ path }) => path)).toEqual(['a.txt', 'b.txt']);
    expect(await rowsOf('jobs')).toHaveLength(1);
  });

  test('makes one document of the same bytes that come at once', async () => {
    const results = await Promise.all(['a', 'b', 'c', 'd'].map((path) => room.upload('Tea.', { path })));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'known', 'known', 'known']);
    expect(await rowsOf('documents')).toHaveLength(1);
    expect(await rowsOf('documentPlaces')).toHaveLength(4);
    expect(await rowsOf('jobs')).toHaveLength(1);
  });

  test('makes other bytes at a known place a new document that supersedes the old one', async () => {
    const old = await room.upload('Tea.', { path: 'a.txt' });
    const changed = await room.upload('Coffee.', { path: 'a.txt' });
    expect(changed.outcome).toBe('replaced');
    expect(changed.document.supersedes).toBe(old.document.id);
    expect((await getDocument({ documentId: old.document.id }, room.deps, room.ctx)).supersededBy).toBe(
      changed.document.id,
    );
  });

  test('does not supersede a document that still lies somewhere else', async () => {
    await room.upload('Tea.', { path: 'a.txt' });
    const old = await room.upload('Tea.', { path: 'copy.txt' });
    const changed = await room.upload('Coffee.', { path: 'a.txt' });
    expect(changed.outcome).toBe('replaced');
    expect(changed.document.supersedes).toBeUndefined();
    const view = await getDocument({ documentId: old.document.id }, room.deps, room.ctx);
    expect([view.supersededBy, view.places]).toEqual([undefined, [{ source: 'upload', path: 'copy.txt' }]]);
  });

  test('keeps the same path of two sources apart', async () => {
    await room.upload('Tea.', { path: 'a.txt', source: 'one' });
    const other = await room.upload('Coffee.', { path: 'a.txt', source: 'two' });
    expect(other.outcome).toBe('accepted');
  });

  test('refuses content that no reader knows, says what is read, and keeps nothing', async () => {
    await expect(room.upload('GIF89a\0\0', { filename: 'letter.txt' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^Expected one of text; .*letter\.txt/) as string,
    });
    expect(await objectKeysOf(room.deps)).toEqual([]);
    expect([await rowsOf('documents'), await rowsOf('intents')]).toEqual([[], []]);
  });

  test.each([
    ['an empty file', '', {}, 'invalid-input'],
    ['a file above the limit', 'x'.repeat(1_000_001), {}, 'too-large'],
    ['a path without a name', 'Tea.', { path: ' // ' }, 'invalid-input'],
    ['too many tags', 'Tea.', { tags: Array.from({ length: 51 }, (_, i) => i).join(',') }, 'invalid-input'],
    ['too long a tag', 'Tea.', { tags: 'x'.repeat(101) }, 'invalid-input'],
  ] as const)('refuses %s and keeps nothing', async (_what, text, given, code) => {
    await expect(room.upload(text, given)).rejects.toMatchObject({ code });
    expect(await objectKeysOf(room.deps)).toEqual([]);
    expect(await rowsOf('documents')).toEqual([]);
  });

  test('never lets the client’s names into a key', async () => {
    const names = { filename: '..\\..\\evil\u202Etxt.exe', path: '/../../etc/passwd' };
    const { document } = await room.upload('Tea.', names);
    expect(document.filename).toBe('eviltxt.exe');
    expect(document.places).toEqual([{ source: 'upload', path: '../../etc/passwd' }]);
    expect(await objectKeysOf(room.deps)).toEqual([`raw/${document.id}/original.txt`]);
  });

  test('adds the tags of a second upload and has the document indexed with them', async () => {
    await room.upload('Tea.', { tags: 'drink, hot,drink' });
    await room.runJobs();
    const { document } = await room.upload('Tea.', { tags: 'bogor' });
    expect(document.tags).toEqual(['drink', 'hot', 'bogor']);
    await room.runJobs();
    const { items } = await room.deps.memory.list(room.ctx.ownerId, {}, { limit: 10 }, room.ctx.signal);
    expect(items.map(({ tags }) => tags)).toEqual([['drink', 'hot', 'bogor']]);
  });

  test('queues a failed document again when its bytes come again', async () => {
    const { document } = await room.upload('   ');
    await room.runJobs();
    expect((await getDocument({ documentId: document.id }, room.deps, room.ctx)).status).toBe('failed');
    const again = await room.upload('   ');
    expect([again.outcome, again.document.status, again.document.reason]).toEqual([
      'known',
      'queued',
      undefined,
    ]);
    expect((await rowsOf('jobs')).filter(({ status }) => status === 'queued')).toHaveLength(1);
  });

  test('begins anew after a deletion', async () => {
    const { document } = await room.upload('Tea.');
    await forgetDocument({ documentId: document.id }, room.deps, room.ctx);
    const again = await room.upload('Tea.');
    expect(again.outcome).toBe('accepted');
    expect(again.document.id).toBe(document.id);
    expect(await rowsOf('tombstones')).toEqual([]);
    await room.runJobs();
    expect((await getDocument({ documentId: document.id }, room.deps, room.ctx)).status).toBe('ready');
  });

  test('asks to wait while a deletion of the same bytes has not ended', async () => {
    const { document } = await room.upload('Tea.');
    const objects = {
      ...room.deps.objects,
      removeAll: () => Promise.reject(new AppError('unavailable', 'disk')),
    };
    await expect(
      forgetDocument({ documentId: document.id }, { ...room.deps, objects }, room.ctx),
    ).rejects.toMatchObject({ code: 'unavailable' });
    await expect(room.upload('Tea.')).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
  });

  test('undoes at the next start what was stored but never answered', async () => {
    let calls = 0;
    const ledger = {
      ...room.deps.ledger,
      forOwner: ((owner, work) =>
        ++calls === 2
          ? Promise.reject(new Error('killed'))
          : room.deps.ledger.forOwner(owner, work)) as IngestDeps['ledger']['forOwner'],
    };
    const file = {
      filename: 'a.txt',
      bytes: (async function* () {
        yield new TextEncoder().encode('Tea.');
      })(),
    };
    const input = { userId: 'user', file, fields: { source: 'upload', tags: '' } };
    await expect(acceptDocument(input, { ...room.deps, ledger }, room.ctx)).rejects.toThrow('killed');
    expect(await objectKeysOf(room.deps)).toHaveLength(1);
    await room.sweep();
    expect(await objectKeysOf(room.deps)).toEqual([]);
    expect(await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) => tx.table('intents').count())).toBe(0);
    expect((await room.upload('Tea.')).outcome).toBe('accepted');
  });

  test('stores the original again if it was lost', async () => {
    const { document } = await room.upload('Tea.');
    await room.deps.objects.remove(room.ctx.ownerId, `raw/${document.id}/original.txt` as ObjectKey);
    await room.upload('Tea.');
    expect(await objectKeysOf(room.deps)).toHaveLength(1);
  });

  test('gives each owner their own document of the same bytes', async () => {
    const other = fakeCtx({ ownerId: OWNER_B });
    const mine = await room.upload('Tea.');
    const theirs = await room.upload('Tea.', { ctx: other });
    expect(theirs.outcome).toBe('accepted');
    expect(theirs.document.id).not.toBe(mine.document.id);
    await expect(getDocument({ documentId: mine.document.id }, room.deps, other)).rejects.toMatchObject({
      code: 'not-found',
    });
    const page = await listDocuments({ limit: 50 }, room.deps, other);
    expect(page.items.map(({ id }) => id)).toEqual([theirs.document.id]);
  });
});
