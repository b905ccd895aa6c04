import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgedArchive, withFile } from '../../../test/fakes/archive.ts';
import { fakeCtx, OWNER_A } from '../../../test/fakes/ctx.ts';
import { fakeGraphStore } from '../../../test/fakes/graph-store.ts';
import { openTestLedger } from '../../../test/fakes/ledger.ts';
import { fakeMemoryStore } from '../../../test/fakes/memory-store.ts';
import { documentRow, jobRow } from '../../../test/fakes/rows.ts';
import { openFolderObjectStore } from '../../adapters/object-store/folder-object-store.ts';
import { newId } from '../../core/ids.ts';
import { objectKeys, type ObjectKey } from '../../core/object-keys.ts';
import { backUp } from './back-up.ts';
import { restore } from './restore.ts';

const ALL = '' as ObjectKey;
const ctx = fakeCtx();

type Place = Awaited<ReturnType<typeof place>>;
let folders: string[];
let from: Place;
let to: Place;

async function place() {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-restore-'));
  folders.push(folder);
  const { ledger, queue } = await openTestLedger();
  const objects = await openFolderObjectStore({ folder });
  const stores = { ledger, objects, memory: fakeMemoryStore(), graph: fakeGraphStore() };
  const close = async () => {
    await queue.close();
    await ledger.close();
  };
  return { ...stores, folder, recorded: async () => {}, close };
}

beforeEach(async () => {
  folders = [];
  from = await place();
  to = await place();
  await from.ledger.forOwner(OWNER_A, async (tx) => {
    await tx.table('spaces').insert({ name: 'home', createdAt: 1 });
    await tx.table('documents').insert(documentRow());
  });
  await from.objects.put(OWNER_A, objectKeys.original(newId(), 'txt'), 'tea', { durable: true });
});
afterEach(async () => {
  await from.close();
  await to.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const backedUp = async () =>
  Buffer.concat(await Array.fromAsync(backUp({ name: 'b', home: OWNER_A, madeBy: '1' }, from, ctx)));

async function restored(archive: Uint8Array, deps: Place = to) {
  const open = async function* () {
    yield archive;
  };
  const source = { sizeBytes: archive.length, open };
  return restore({ source, replace: false, progress: () => {} }, deps, ctx.signal);
}

const documents = () => to.ledger.readsOf(OWNER_A).table('documents').count();
const objects = async () => (await Array.fromAsync(to.objects.list(OWNER_A, ALL))).map(({ key }) => key);

test('what a restore that broke off left behind is not in what is restored after it', async () => {
  const late = objectKeys.original(newId(), 'txt');
  await from.objects.put(OWNER_A, late, 'said later', { durable: true });
  const later = await backedUp();
  await from.objects.remove(OWNER_A, late);
  const earlier = await backedUp();
  const cut = { ...to, recorded: async () => Promise.reject(new Error('killed')) };
  await expect(restored(later, cut)).rejects.toThrow('killed');
  expect([await documents(), await objects()]).toEqual([0, expect.arrayContaining([late])]);
  expect(await restored(earlier)).toMatchObject({ objects: 1 });
  expect([await documents(), await objects()]).toEqual([1, [expect.not.stringContaining(late)]]);
});

test('a file that something else put among the objects is no part of a backup, and does not hinder it', async () => {
  for (const name of ['.DS_Store', 'Thumbs (1).db'])
    await writeFile(join(from.folder, 'tenant', OWNER_A, name), 'x');
  expect(await restored(await backedUp())).toMatchObject({ objects: 1 });
});

test('an import that waits stays where its archive is', async () => {
  await from.ledger.forOwner(OWNER_A, async (tx) => {
    await tx.table('jobs').insert([jobRow({ kind: 'import-space' }), jobRow({ kind: 'pull-model' })]);
  });
  await restored(await backedUp());
  const jobs = await to.ledger.readsOf(OWNER_A).table('jobs').list();
  expect(jobs.map(({ kind }) => kind)).toEqual(['pull-model']);
});

test('a backup with a row that no table takes leaves the ledger as it was', async () => {
  const row = `${JSON.stringify({ ...documentRow(), ownerId: OWNER_A, mood: 'odd' })}\n`;
  const odd = await forgedArchive(await backedUp(), (files) =>
    withFile(files, 'ledger/documents.jsonl', () => row),
  );
  await to.ledger.forOwner(OWNER_A, (tx) =>
    tx.table('tombstones').insert({
      kind: 'document',
      sourceId: newId(),
      createdAt: 1,
      report: '{}',
    }),
  );
  await expect(restored(odd)).rejects.toThrow(/database/);
  expect(await to.ledger.readsOf(OWNER_A).table('tombstones').count()).toBe(1);
  expect(await documents()).toBe(0);
});
