import type { Dirent } from 'node:fs';
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { batches, mapBounded } from '../../core/bounded.ts';
import type { ObjectKey } from '../../core/object-keys.ts';
import type { ObjectInfo } from '../../ports/object-store.ts';
import { diskCode } from './disk-errors.ts';

/** Calls to the system at once. */
const PARALLEL = 16;
const FILES_PER_BATCH = 128;

/**
 * Objects below a folder in key order. Holds the names of the folders on the way (not the tree) in memory; what is
 * removed meanwhile is left out, links and foreign files are not objects.
 */
export async function* walkObjects(folder: string, prefix: string): AsyncGenerator<ObjectInfo> {
  let files: string[] = [];
  for (const entry of sorted(await entriesOf(folder))) {
    if (entry.isFile()) {
      files.push(entry.name);
      if (files.length < FILES_PER_BATCH) continue;
    }
    yield* await infos(folder, prefix, files);
    files = [];
    if (entry.isDirectory()) yield* walkObjects(join(folder, entry.name), `${prefix}${entry.name}/`);
  }
  yield* await infos(folder, prefix, files);
}

/** Removes everything below a folder and the folder; says how many objects went, and `gone` hears of each folder. */
export async function removeTree(
  folder: string,
  gone: (folder: string) => void,
  signal: AbortSignal | undefined,
): Promise<number> {
  let removed = 0;
  for (const batch of batches(await entriesOf(folder), FILES_PER_BATCH)) {
    signal?.throwIfAborted();
    const counts = await mapBounded(batch, PARALLEL, async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return removeTree(path, gone, signal);
      return (await removeFile(path)) && entry.isFile() ? 1 : 0;
    });
    removed += counts.reduce((sum, count) => sum + count, 0);
  }
  if (await removeEmptyFolder(folder)) gone(folder);
  return removed;
}

/** Whether there was a file to remove. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Whether the folder is gone now. */
export async function removeEmptyFolder(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (diskCode(error) === 'ENOENT') return true;
    if (diskCode(error) === 'ENOTEMPTY' || diskCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** True when there is no object at a path: no file, or a folder. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'EISDIR'].includes(diskCode(error) ?? '');
}

/** Information on a file; `undefined` when there is no object. */
export async function infoOf(path: string, key: string): Promise<ObjectInfo | undefined> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile()) return undefined;
    return { key: key as ObjectKey, sizeBytes: stats.size, modifiedAt: Math.trunc(stats.mtimeMs) };
  } catch (error) {
    if (diskCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (diskCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** By whole key: a folder counts with the slash that follows its name. */
function sorted(entries: Dirent[]): Dirent[] {
  const place = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name);
  return entries.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

async function infos(folder: string, prefix: string, names: readonly string[]): Promise<ObjectInfo[]> {
  const found = await mapBounded(names, PARALLEL, (name) => infoOf(join(folder, name), prefix + name));
  return found.filter((info) => info !== undefined);
}
