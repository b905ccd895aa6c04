import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { mapBounded } from '../../core/bounded.ts';
import { AppError, isAbort, toAppError } from '../../core/errors.ts';
import type { UploadResult } from '../../wire/documents.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { bytes, outOf } from './format.ts';
import { withProgress } from './progress.ts';
import type { FoundFile } from './walk-folder.ts';

/** What became of one file at the door. */
export type Uploaded =
  | { readonly kind: 'taken'; readonly file: FoundFile; readonly result: UploadResult }
  | { readonly kind: 'refused'; readonly file: FoundFile; readonly error: AppError };

const AT_ONCE = 4;
/** Above this a file is read while it is sent. */
const IN_MEMORY_BYTES = 16_000_000;

/** The bytes of a file, with errors that name it. */
export async function fileBody(absolute: string, sizeBytes: number): Promise<Blob> {
  try {
    return sizeBytes > IN_MEMORY_BYTES ? await openAsBlob(absolute) : new Blob([await readFile(absolute)]);
  } catch (error) {
    throw new AppError('unreadable', `The file cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function upload(cli: Cli, { client }: Connection, file: FoundFile, tags: string): Promise<Uploaded> {
  try {
    const body = await fileBody(file.absolute, file.sizeBytes);
    const fields = { source: file.source, path: file.path, tags, contentTime: file.modifiedMs };
    const result = await client.upload({ filename: basename(file.path), body, fields }, cli.signal);
    return { kind: 'taken', file, result };
  } catch (error) {
    if (isAbort(error)) throw error;
    const failure = toAppError(error);
    // One file may break its own connection; only a server that is gone ends the whole.
    if (failure.code === 'unavailable') await client.call('live', {}, cli.signal);
    return { kind: 'refused', file, error: failure };
  }
}

/**
 * Uploads files, a few at a time, with a bar by bytes; the results keep the order of the files. A file that is refused
 * does not stop the others; a server that is gone does.
 */
export async function uploadFiles(
  cli: Cli,
  connection: Connection,
  files: readonly FoundFile[],
  tags: readonly string[],
): Promise<Uploaded[]> {
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return await withProgress(cli, 'Uploading', async (progress) => {
    let doneBytes = 0;
    let doneFiles = 0;
    return await mapBounded(files, AT_ONCE, async (file) => {
      cli.signal.throwIfAborted();
      const uploaded = await upload(cli, connection, file, tags.join(','));
      doneBytes += file.sizeBytes;
      doneFiles++;
      progress.set(doneBytes, total, `${outOf(doneFiles, files.length)} files, ${bytes(doneBytes)}`);
      return uploaded;
    });
  });
}
