import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK_BYTES = 512;

/** Bytes that files take on the disk, in a folder and all below it, of those entries of it whose name is wanted. */
export async function diskBytes(folder: string, wanted: (name: string) => boolean): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!wanted(entry.name)) continue;
    const path = join(folder, entry.name);
    // A file may be merged away while it is counted.
    const gone = (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return 0;
    };
    bytes += entry.isDirectory()
      ? await diskBytes(path, () => true).catch(gone)
      : await stat(path).then(({ blocks }) => blocks * BLOCK_BYTES, gone);
  }
  return bytes;
}
