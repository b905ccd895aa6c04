import { constants } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../connections/sync-folder.ts';
import { diskCode } from './disk-errors.ts';
import type { ObjectFolders } from './object-folders.ts';
import type { TempFiles } from './temp-files.ts';

/** Private to the user Jiwa runs as. */
export const FILE_MODE = 0o600;
const MOVE_ATTEMPTS = 5;

/** Writes whole files: into a temporary file first, then moved to their place in one step. */
export interface ObjectWriter {
  write(path: string, body: string | Uint8Array, durable: boolean): Promise<void>;
  /** Moves a written temporary file to its place; durable. */
  place(temp: string, path: string): Promise<void>;
}

export function objectWriter(folders: ObjectFolders, temps: TempFiles): ObjectWriter {
  const move = async (temp: string, path: string, durable: boolean) => {
    const folder = dirname(path);
    for (let attempt = 1; ; attempt++) {
      try {
        await folders.make(folder, false);
        await rename(temp, path);
        break;
      } catch (error) {
        // A removal that ran at the same time took the folder because it was empty.
        if (diskCode(error) !== 'ENOENT' || attempt === MOVE_ATTEMPTS) throw error;
        folders.forget(folder);
      }
    }
    if (!durable) return;
    await syncFolder(folder);
    await folders.make(folder, true);
  };
  return {
    async write(path, body, durable) {
      const temp = temps.next();
      try {
        if (durable) await writeSynced(temp, body);
        else await writeFile(temp, body, { flag: 'wx', mode: FILE_MODE });
        await move(temp, path, durable);
      } catch (error) {
        await temps.drop(temp);
        throw error;
      }
    },
    async place(temp, path) {
      await syncFile(temp);
      await move(temp, path, true);
    },
  };
}

async function writeSynced(path: string, body: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
