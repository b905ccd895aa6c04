import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { AppError } from '../../core/errors.ts';
import { abortError } from '../connections/aborts.ts';
import { SHA256 } from './s3-upload.ts';

export interface S3Answer {
  readonly Body?: unknown;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

export interface BytesOptions {
  /** The server must send something in this time; how long the reader takes is the reader's matter. */
  readonly patienceMs: number;
  /** Whether these are all bytes of the object. */
  readonly whole: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * The bytes of an answer as they come; all bytes of an object are checked at the end against the hash that was stored
 * beside them, if there is one. Errors: `unavailable` when the server falls silent, goes away or gives other bytes than were stored.
 */
export async function* bytesOf(answer: S3Answer, options: BytesOptions): AsyncGenerator<Uint8Array> {
  const expected = options.whole ? answer.Metadata?.[SHA256] : undefined;
  const hash = createHash('sha256');
  if (!(answer.Body instanceof Readable)) throw new AppError('internal', 'The S3 client gave no stream.');
  for await (const piece of unlessStalled(answer.Body, options)) {
    if (expected !== undefined) hash.update(piece);
    yield piece;
  }
  if (expected !== undefined && hash.digest('hex') !== expected) {
    throw new AppError('unavailable', 'The S3 server gave back other bytes than were stored.');
  }
}

async function* unlessStalled(
  body: Readable,
  { patienceMs, signal }: BytesOptions,
): AsyncGenerator<Uint8Array> {
  const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const next = async () => {
    const stalled = () => body.destroy(new AppError('unavailable', 'The S3 server fell silent.'));
    const timer = setTimeout(stalled, patienceMs);
    try {
      return await pieces.next();
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    for (let piece = await next(); !piece.done; piece = await next()) yield piece.value;
  } catch (error) {
    throw signal?.aborted ? abortError(signal) : error;
  } finally {
    body.destroy();
  }
}
