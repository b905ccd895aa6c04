import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Left by a process that was killed in the middle of a write; younger ones may still be written. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;
const NAME = /^[0-9a-f]{16}-\d+$/;

/** Files being written, in a folder of the same file system as their places. */
export interface TempFiles {
  next(): string;
  /** Removes a temporary file; absent is fine. */
  drop(path: string): Promise<void>;
}

/** Makes the folder and removes what earlier processes left there. */
export async function openTempFiles(folder: string, now: number): Promise<TempFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const drop = async (path: string) => {
    try {
      await unlink(path);
    } catch {
      // Moved to its place already, or the disk fails; the next start sweeps what stays.
    }
  };
  for (const name of await readdir(folder)) {
    if (!NAME.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs < now - LEFTOVER_AGE_MS) await drop(path);
  }
  const run = randomBytes(8).toString('hex');
  let count = 0;
  return { next: () => join(folder, `${run}-${count++}`), drop };
}
