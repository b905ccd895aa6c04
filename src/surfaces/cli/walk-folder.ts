import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { sha256 } from '../../core/ids.ts';

/** A file to take in. */
export interface FoundFile {
  readonly kind: 'file';
  /** Where it is on this machine. */
  readonly absolute: string;
  /** Names the folder it belongs to: the same folder has the same source each time. */
  readonly source: string;
  /** Place inside that folder, with `/` between the parts. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Something that was passed over. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly absolute: string;
  readonly path: string;
  readonly reason: string;
}

export type Found = FoundFile | Skipped;

/** Folders of tools: no person keeps what they want to remember there. */
const TOOL_FOLDERS = new Set(['node_modules', '__pycache__', 'bower_components']);

/** What the sources of folders begin with. */
export const FOLDER_SOURCE = 'folder:';

/** Source of a folder: its name for people, the hash of its absolute path so that two of one name differ. */
export function sourceOf(folder: string): string {
  const absolute = resolve(folder);
  return `${FOLDER_SOURCE}${basename(absolute).slice(0, 60)}:${sha256(absolute).slice(0, 12)}`;
}

interface Walk {
  readonly source: string;
  readonly maxBytes: number;
  /** Real paths of the folders that were entered, so a link cannot lead round. */
  readonly entered: Set<string>;
  readonly signal: AbortSignal;
}

function whyPassedOver(name: string): string | undefined {
  if (name.startsWith('.')) return 'hidden';
  if (TOOL_FOLDERS.has(name)) return 'folder of a tool';
  if (name.startsWith('~$')) return 'lock file of an office program';
  return undefined;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'not there (a link that leads nowhere?)';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ELOOP') return 'a link that leads to itself';
  return error instanceof Error ? error.message : 'cannot be read';
}

async function statOf(absolute: string): Promise<Stats | { readonly reason: string }> {
  try {
    return await stat(absolute);
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function fileOrSkipped(absolute: string, path: string, stats: Stats, walk: Walk): Found {
  const skipped = (reason: string): Skipped => ({ kind: 'skipped', absolute, path, reason });
  if (!stats.isFile()) return skipped('neither a file nor a folder');
  if (stats.size === 0) return skipped('empty');
  if (stats.size > walk.maxBytes) return skipped(`larger than ${Math.floor(walk.maxBytes / 1e6)} MB`);
  return {
    kind: 'file',
    absolute,
    source: walk.source,
    path,
    sizeBytes: stats.size,
    modifiedMs: Math.trunc(stats.mtimeMs),
  };
}

async function* entriesOf(folder: string, path: string, walk: Walk): AsyncGenerator<Found> {
  walk.signal.throwIfAborted();
  let entries: Dirent[];
  try {
    const real = await realpath(folder);
    if (walk.entered.has(real)) {
      yield { kind: 'skipped', absolute: folder, path, reason: 'a link to a folder that is read already' };
      return;
    }
    walk.entered.add(real);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    yield { kind: 'skipped', absolute: folder, path, reason: reasonOf(error) };
    return;
  }
  // By code units, so the order is the same on every machine.
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name } of entries)
    yield* below(join(folder, name), path === '' ? name : `${path}/${name}`, walk);
}

async function* below(absolute: string, path: string, walk: Walk): AsyncGenerator<Found> {
  const passedOver = whyPassedOver(basename(absolute));
  if (passedOver !== undefined) {
    yield { kind: 'skipped', absolute, path, reason: passedOver };
    return;
  }
  const stats = await statOf(absolute);
  if ('reason' in stats) yield { kind: 'skipped', absolute, path, reason: stats.reason };
  else if (stats.isDirectory()) yield* entriesOf(absolute, path, walk);
  else yield fileOrSkipped(absolute, path, stats, walk);
}

/**
 * Everything under the given paths, in a stable order: the files to take in and what is passed over, with why. A file
 * given by itself belongs to the folder it lies in, so taking in the folder later finds it known.
 */
export async function* walkPaths(
  paths: readonly string[],
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
): AsyncGenerator<Found> {
  const entered = new Set<string>();
  const { maxBytes, signal } = options;
  for (const given of paths) {
    const absolute = resolve(given);
    const stats = await statOf(absolute);
    if ('reason' in stats) yield { kind: 'skipped', absolute, path: given, reason: stats.reason };
    else if (stats.isDirectory()) {
      yield* entriesOf(absolute, '', { source: sourceOf(absolute), maxBytes, entered, signal });
    } else {
      const walk = { source: sourceOf(dirname(absolute)), maxBytes, entered, signal };
      yield fileOrSkipped(absolute, basename(absolute), stats, walk);
    }
  }
}
