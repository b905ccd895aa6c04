import { lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { syncFolder } from '../connections/sync-folder.ts';
import { diskCode } from './disk-errors.ts';

/** Folders remembered as checked, so a put into a known folder costs no extra call to the system. */
const FOLDERS_KEPT = 4_096;

/** The folders below the root: made when needed, never followed through a link. */
export interface ObjectFolders {
  /** Makes a folder and those above it; with `durable` their names are on stable storage. */
  make(folder: string, durable: boolean): Promise<void>;
  /** Whether the folder exists; throws `unavailable` when it, or one above it, is no real folder. */
  exists(folder: string): Promise<boolean>;
  /** The folder may be gone: check it again next time. */
  forget(folder: string): void;
}

/** `root` must exist; what lies above it is the operator's own affair and may be a link. */
export function objectFolders(root: string): ObjectFolders {
  const checked = boundedSet(FOLDERS_KEPT);
  const synced = boundedSet(FOLDERS_KEPT);
  const make = async (folder: string) => {
    if (folder === root || checked.has(folder)) return;
    await make(dirname(folder));
    try {
      await mkdir(folder, { mode: 0o700 });
    } catch (error) {
      if (diskCode(error) !== 'EEXIST') throw error;
      await mustBeFolder(folder);
    }
    checked.add(folder);
  };
  const sync = async (folder: string) => {
    if (folder === root || synced.has(folder)) return;
    await sync(dirname(folder));
    await syncFolder(dirname(folder));
    synced.add(folder);
  };
  const exists = async (folder: string): Promise<boolean> => {
    if (folder === root || checked.has(folder)) return true;
    if (!(await exists(dirname(folder)))) return false;
    try {
      await mustBeFolder(folder);
    } catch (error) {
      if (diskCode(error) === 'ENOENT') return false;
      throw error;
    }
    checked.add(folder);
    return true;
  };
  return {
    async make(folder, durable) {
      await make(folder);
      if (durable) await sync(folder);
    },
    exists,
    forget(folder) {
      for (let at = folder; at.length > root.length; at = dirname(at)) {
        checked.delete(at);
        synced.delete(at);
      }
    },
  };
}

async function mustBeFolder(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) {
    throw new AppError('unavailable', 'The object folder holds a link or a file where a folder belongs.');
  }
}

function boundedSet(limit: number) {
  const values = new Set<string>();
  return {
    has: (value: string) => values.has(value),
    add(value: string) {
      values.add(value);
      if (values.size > limit) values.delete(values.values().next().value ?? '');
    },
    delete: (value: string) => values.delete(value),
  };
}
