import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Found, sourceOf, walkPaths } from './walk-folder.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jiwa-walk-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, content = 'text'): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), content);
}

async function walk(paths: readonly string[] = [root]): Promise<Found[]> {
  const found: Found[] = [];
  const options = { maxBytes: 100, signal: new AbortController().signal };
  for await (const one of walkPaths(paths, options)) found.push(one);
  return found;
}

const files = (found: readonly Found[]) =>
  found.filter(({ kind }) => kind === 'file').map(({ path }) => path);
const reasons = (found: readonly Found[]) =>
  Object.fromEntries(found.flatMap((one) => (one.kind === 'skipped' ? [[one.path, one.reason]] : [])));

test('files come in a stable order with their place inside the folder', async () => {
  for (const path of ['b.txt', 'a/z.md', 'a/deep/er.txt', 'B.txt']) await put(path);
  expect(files(await walk())).toEqual(['B.txt', 'a/deep/er.txt', 'a/z.md', 'b.txt']);
});

test('hidden things, folders of tools and lock files are passed over with the reason', async () => {
  for (const path of ['.env', '.git/config', 'node_modules/x/y.md', '~$letter.docx', 'ok.md'])
    await put(path);
  const found = await walk();
  expect(files(found)).toEqual(['ok.md']);
  expect(reasons(found)).toEqual({
    '.env': 'hidden',
    '.git': 'hidden',
    node_modules: 'folder of a tool',
    '~$letter.docx': 'lock file of an office program',
  });
});

test('empty and too large files are passed over with the reason', async () => {
  await put('empty.txt', '');
  await put('large.txt', 'x'.repeat(101));
  expect(reasons(await walk())).toEqual({ 'empty.txt': 'empty', 'large.txt': 'larger than 0 MB' });
});

test('a link that leads round is entered once', async () => {
  await put('a/file.txt');
  await symlink(root, join(root, 'a/round'));
  const found = await walk();
  expect(files(found)).toEqual(['a/file.txt']);
  expect(reasons(found)).toEqual({ 'a/round': 'a link to a folder that is read already' });
});

test('a link that leads nowhere is told and stops nothing', async () => {
  await symlink(join(root, 'gone'), join(root, 'broken'));
  await put('ok.md');
  const found = await walk();
  expect(files(found)).toEqual(['ok.md']);
  expect(reasons(found)['broken']).toMatch(/not there/);
});

test('a folder named by itself is taken in even if it is hidden', async () => {
  await put('.notes/a.md');
  expect(files(await walk([join(root, '.notes')]))).toEqual(['a.md']);
});

test('a file by itself has the source and path it has with its folder', async () => {
  await put('letters/a.md');
  const [alone] = await walk([join(root, 'letters/a.md')]);
  const [inside] = await walk([join(root, 'letters')]);
  expect(alone).toEqual(inside);
});

test('the source of a folder is stable, and differs for folders of one name', () => {
  expect(sourceOf('/a/letters/')).toBe(sourceOf('/a/letters'));
  expect(sourceOf('/a/letters')).not.toBe(sourceOf('/b/letters'));
  expect(sourceOf('/a/letters')).toMatch(/^folder:letters:[0-9a-f]{12}$/);
});

test('the source of a folder with a very long name stays within the limit of the API', () => {
  expect(sourceOf(`/a/${'n'.repeat(300)}`).length).toBeLessThanOrEqual(100);
});
