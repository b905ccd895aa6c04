import { link, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectStagingContract } from '../../../test/contracts/object-staging.ts';
import { objectStoreContract } from '../../../test/contracts/object-store.ts';
import { OWNER_A } from '../../../test/fakes/ctx.ts';
import { type ObjectKey, objectKeys } from '../../core/object-keys.ts';
import { diskError } from './disk-errors.ts';
import { openFolderObjectStore } from './folder-object-store.ts';

const DOCUMENT = '11111111-1111-4111-8111-111111111111';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-objects-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => openFolderObjectStore({ folder: join(folder, 'objects') });
const inside = (...parts: string[]) => join(folder, 'objects', ...parts);

objectStoreContract('folder', open);
objectStagingContract('folder', open);

describe('folder object store', () => {
  it('lays objects out as tenant/<owner>/<key>, private to the user', async () => {
    const store = await open();
    await store.put(OWNER_A, objectKeys.original(DOCUMENT, 'txt'), 'x', { durable: true });
    const file = await stat(inside('tenant', OWNER_A, 'raw', DOCUMENT, 'original.txt'));
    expect(file.mode & 0o777).toBe(0o600);
    expect((await stat(inside('tenant', OWNER_A))).mode & 0o777).toBe(0o700);
  });

  it('leaves no temporary file behind, whether a write succeeds or fails', async () => {
    const store = await open();
    const key = objectKeys.original(DOCUMENT, 'txt');
    await store.put(OWNER_A, key, 'x', { durable: false });
    await (await store.stage(OWNER_A, body('y'), 10, never)).commit(key);
    await (await store.stage(OWNER_A, body('z'), 10, never)).discard();
    await expect(store.stage(OWNER_A, body('long'), 1, never)).rejects.toMatchObject({ code: 'too-large' });
    await expect(
      store.put(OWNER_A, `${key}/below` as ObjectKey, 'x', { durable: true }),
    ).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readdir(inside('tmp'))).toEqual([]);
  });

  it('removes many things at once although each takes away folders that others look at', async () => {
    const store = await open();
    for (let round = 0; round < 25; round++) {
      const keys = Array.from({ length: 32 }, (_, index) => objectKeys.chunk(DOCUMENT, index));
      await Promise.all(keys.map((key) => store.put(OWNER_A, key, 'x', { durable: false })));
      await Promise.all(keys.map((key) => store.remove(OWNER_A, key)));
    }
    expect(await readdir(inside('tenant'))).toEqual([]);
  });

  it('sweeps the files of killed writes at opening, however young, and nothing else', async () => {
    await mkdir(inside('tmp'), { recursive: true });
    for (const name of ['0123456789abcdef-7', '0123456789abcdef-18', 'notes.txt']) {
      await writeFile(inside('tmp', name), 'x');
    }
    await open();
    expect(await readdir(inside('tmp'))).toEqual(['notes.txt']);
  });

  it('takes empty folders away after removals', async () => {
    const store = await open();
    await store.put(OWNER_A, objectKeys.chunk(DOCUMENT, 0), 'x', { durable: false });
    await store.put(OWNER_A, objectKeys.original(DOCUMENT, 'txt'), 'x', { durable: false });
    await store.remove(OWNER_A, objectKeys.chunk(DOCUMENT, 0));
    expect(await readdir(inside('tenant', OWNER_A))).toEqual(['raw']);
    await store.removeAll(OWNER_A, objectKeys.document(DOCUMENT));
    expect(await readdir(inside('tenant'))).toEqual([]);
  });

  it('never reads, writes or removes through a link', async () => {
    const outside = join(folder, 'outside');
    await mkdir(join(outside, DOCUMENT), { recursive: true });
    await writeFile(join(outside, DOCUMENT, 'chunk_0.txt'), 'secret');
    await mkdir(inside('tenant', OWNER_A), { recursive: true });
    await symlink(outside, inside('tenant', OWNER_A, 'chunks'));
    const store = await open();
    const refused = { code: 'unavailable' };
    const key = objectKeys.chunk(DOCUMENT, 0);
    await expect(store.get(OWNER_A, key)).rejects.toMatchObject(refused);
    await expect(store.info(OWNER_A, key)).rejects.toMatchObject(refused);
    await expect(store.put(OWNER_A, key, 'x', { durable: false })).rejects.toMatchObject(refused);
    await expect(store.remove(OWNER_A, key)).rejects.toMatchObject(refused);
    expect(await store.removeAll(OWNER_A, '' as ObjectKey)).toBe(0);
    expect(await readdir(join(outside, DOCUMENT))).toEqual(['chunk_0.txt']);
  });

  it('never reads a file that is itself a link, and replaces the link, not its target', async () => {
    const target = join(folder, 'secret.txt');
    await writeFile(target, 'secret');
    const store = await open();
    const key = objectKeys.chunk(DOCUMENT, 0);
    await store.put(OWNER_A, objectKeys.chunk(DOCUMENT, 1), 'x', { durable: false });
    await symlink(target, inside('tenant', OWNER_A, key));
    await expect(store.get(OWNER_A, key)).rejects.toMatchObject({ code: 'unavailable' });
    expect((await Array.fromAsync(store.list(OWNER_A, '' as ObjectKey))).map((info) => info.key)).toEqual([
      objectKeys.chunk(DOCUMENT, 1),
    ]);
    await store.put(OWNER_A, key, 'mine', { durable: false });
    expect((await stat(target)).size).toBe('secret'.length);
    expect(Buffer.from((await store.get(OWNER_A, key)) ?? []).toString()).toBe('mine');
  });

  it('puts a new file at the place, so one who reads the old one goes on reading it', async () => {
    const store = await open();
    const key = objectKeys.chunk(DOCUMENT, 0);
    await store.put(OWNER_A, key, 'old', { durable: false });
    await link(inside('tenant', OWNER_A, key), join(folder, 'held'));
    await store.put(OWNER_A, key, 'new and longer', { durable: false });
    expect((await stat(join(folder, 'held'))).size).toBe('old'.length);
  });
});

describe('disk errors', () => {
  it.each([
    ['ENOSPC', 'storage-full'],
    ['EDQUOT', 'storage-full'],
    ['EACCES', 'unavailable'],
    ['EIO', 'unavailable'],
    ['ELOOP', 'unavailable'],
  ])('turns %s into %s', (code, expected) => {
    expect(diskError(Object.assign(new Error('disk'), { code })).code).toBe(expected);
  });

  it('turns an abort into aborted', () => {
    expect(diskError(AbortSignal.abort().reason).code).toBe('aborted');
  });
});

const never = new AbortController().signal;

async function* body(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
