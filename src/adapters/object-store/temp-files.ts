import { randomBytes } from 'node:crypto';
import { mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The names given here; other files in the folder are somebody else's. */
const NAME = /^[0-9a-f]{16}-\d+$/;

/** Files being written, in a folder of the same file system as their places. */
export interface TempFiles {
  next(): string;
  /** Removes a temporary file; absent is fine. */
  drop(path: string): Promise<void>;
}

/** Makes the folder and removes what earlier processes left there; no other process may write there now. */
export async function openTempFiles(folder: string): Promise<TempFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const drop = async (path: string) => {
    try {
      await unlink(path);
    } catch {
      // Moved to its place already, or the disk fails; the next start sweeps what stays.
    }
  };
  for (const name of await readdir(folder)) {
    if (NAME.test(name)) await drop(join(folder, name));
  }
  const run = randomBytes(8).toString('hex');
  let count = 0;
  return { next: () => join(folder, `${run}-${count++}`), drop };
}
