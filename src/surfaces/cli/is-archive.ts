import { open } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import { oneLine } from './plain-text.ts';

/** The name of its first file, at the beginning of a tar archive made by Jiwa. */
const BEGINNING = Buffer.from('archive.json\0');
/** RFC 1952, section 2.3.1. */
const GZIP = Buffer.from([0x1f, 0x8b]);

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(BEGINNING.length), position: 0 });
    return buffer.subarray(0, bytesRead);
  } catch {
    // A folder opens and does not read; who takes it in says so.
    return Buffer.alloc(0);
  } finally {
    await file.close();
  }
}

/**
 * True for an archive made by `jiwa export` or `jiwa backup`, told by its first bytes; false for what cannot be read. Throws
 * `unsupported` for one that was compressed.
 */
export async function isArchive(path: string): Promise<boolean> {
  const beginning = await beginningOf(path);
  if (!beginning.subarray(0, GZIP.length).equals(GZIP)) return beginning.equals(BEGINNING);
  throw new AppError('unsupported', `${oneLine(path)} is compressed; unpack it first, as with gunzip.`);
}
