import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import { orAborted } from '../../core/or-aborted.ts';
import type { StagedObject } from '../../ports/object-store.ts';
import { diskError } from './disk-errors.ts';
import { FILE_MODE } from './object-writer.ts';
import type { TempFiles } from './temp-files.ts';

const HEAD_BYTES = 64 * 1024;

/** What was received: everything of a staged object but its way to a place. */
export type Received = Pick<StagedObject, 'sha256' | 'sizeBytes' | 'head' | 'read'> & {
  readonly path: string;
};

/**
 * Writes a stream into a temporary file while its hash is taken; memory holds one piece and the head. On any failure
 * nothing is kept: `too-large`, `aborted`, `storage-full`, `unavailable`, or what the stream itself threw.
 */
export async function receive(
  temps: TempFiles,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Received> {
  const path = temps.next();
  try {
    const file = await open(path, 'wx', FILE_MODE);
    try {
      const content = await copy(file, untilAborted(body, signal), maxBytes);
      return { ...content, path, read: () => createReadStream(path) };
    } finally {
      await file.close();
    }
  } catch (error) {
    await temps.drop(path);
    throw signal.aborted || isSystemError(error) ? diskError(error) : error;
  }
}

async function copy(file: FileHandle, body: AsyncIterable<Uint8Array>, maxBytes: number) {
  const hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of body) {
    if (sizeBytes < HEAD_BYTES) head.push(Buffer.from(piece.subarray(0, HEAD_BYTES - sizeBytes)));
    sizeBytes += piece.byteLength;
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    hash.update(piece);
    await file.writeFile(piece);
  }
  return { sha256: hash.digest('hex'), sizeBytes, head: new Uint8Array(Buffer.concat(head)) };
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('too-large', `The file is larger than the limit of ${maxBytes} bytes.`, {
    details: { maxBytes },
  });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** The pieces of a stream; an abort ends it also while the source is silent. */
async function* untilAborted(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await orAborted(pieces.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a silent source never answers, and what it throws now interests nobody.
    pieces.return?.().catch(() => undefined);
  }
}
