import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, toAppError } from '../../core/errors.ts';
import { abortError, throwIfAborted } from './aborts.ts';
import { sizeOf, verifiedSha256 } from './file-checksum.ts';
import {
  contentPath,
  openModelUrl,
  type ModelListing,
  type ModelServer,
  type ServerFile,
} from './model-server.ts';
import { retrying, type RetryOptions } from './retrying.ts';

export interface Download {
  readonly server: ModelServer;
  readonly listing: Pick<ModelListing, 'id' | 'commit'>;
  readonly file: ServerFile;
  /** Where the file goes once it is whole and checked; before that see `partPath`. */
  readonly target: string;
  readonly retries: RetryOptions;
  /** A connection that sends nothing for so long is given up. */
  readonly stallMs: number;
  /** Bytes of this file that are there now. */
  readonly onBytes: (bytes: number) => void;
}

/** Where a file grows. Another content has another name, so it is never continued by mistake. */
export function partPath(target: string, { oid }: ServerFile): string {
  return `${target}.${oid.slice(0, 12)}.part`;
}

/**
 * Fetches one file, going on where an earlier try or an earlier run stopped. Answers its sha256. Throws `unreadable` when
 * the content is not what the server lists, also at the second try; `unavailable` when the connection keeps breaking;
 * `storage-full`.
 */
export async function downloadFile(download: Download, signal: AbortSignal): Promise<string> {
  const { target, file, onBytes } = download;
  await mkdir(dirname(target), { recursive: true });
  const already = await verifiedSha256(target, file);
  if (already !== undefined) {
    onBytes(file.sizeBytes);
    return already;
  }
  const part = partPath(target, file);
  for (let attempt = 1; attempt <= 2; attempt++) {
    await retrying(() => fetchRest(download, part, signal), download.retries, signal);
    const sha256 = await verifiedSha256(part, file);
    if (sha256 !== undefined) {
      await rename(part, target);
      return sha256;
    }
    await rm(part, { force: true });
  }
  throw new AppError('unreadable', `${file.path} arrived twice with a wrong checksum; expected ${file.oid}.`);
}

/** Connections that broke but brought something are taken up again at once; the others are failures. */
async function fetchRest(download: Download, part: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    throwIfAborted(signal);
    const before = (await sizeOf(part)) ?? 0;
    if (before === download.file.sizeBytes && before > 0) return;
    try {
      return await fetchOnce(download, part, { from: before, signal });
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof AppError && error.code === 'unreadable') await rm(part, { force: true });
      const after = (await sizeOf(part)) ?? 0;
      if (after <= before || !toAppError(error).retryable || diskFull(error)) throw error;
    }
  }
}

async function fetchOnce(
  { server, listing, file, stallMs, onBytes }: Download,
  part: string,
  { from, signal }: { readonly from: number; readonly signal: AbortSignal },
): Promise<void> {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(stalled(file)), stallMs);
  try {
    const either = AbortSignal.any([signal, stall.signal]);
    // Ranges count bytes of the file, not of a compressed answer.
    const headers = { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) };
    const response = await openModelUrl(server, contentPath(listing, file.path), headers, either);
    const start = resumesAt(response, from) ? from : 0;
    const handle = await open(part, start > 0 ? 'a' : 'w');
    try {
      await receive(response, handle, (received) => {
        timer.refresh();
        if (start + received > file.sizeBytes)
          throw new AppError('unreadable', `${file.path} is longer than the server listed.`);
        onBytes(start + received);
      });
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (stall.signal.aborted && !signal.aborted) throw abortError(stall.signal);
    throw error instanceof AppError ? error : brokenOff(file, error);
  } finally {
    clearTimeout(timer);
    stall.abort();
  }
  if ((await sizeOf(part)) !== file.sizeBytes) throw brokenOff(file);
}

async function receive(
  response: Response,
  handle: FileHandle,
  onBytes: (received: number) => void,
): Promise<void> {
  let received = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    received += bytes.length;
    onBytes(received);
    await handle.appendFile(bytes);
  }
  await handle.datasync();
}

/** A server may ignore the range and send everything, which is fine, or another range, which is not used. */
function resumesAt(response: Response, from: number): boolean {
  if (response.status !== 206) return false;
  const sent = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (Number(sent) !== from)
    throw new AppError('unavailable', 'The model server sent another part than asked for.');
  return true;
}

function stalled({ path }: ServerFile): AppError {
  return new AppError('unavailable', `The model server stopped sending ${path}.`);
}

function brokenOff({ path }: ServerFile, cause?: unknown): AppError {
  if (diskFull(cause))
    return new AppError('storage-full', `The disk is full; ${path} was not stored.`, { cause });
  return new AppError('unavailable', `The model server broke off sending ${path}.`, { cause });
}

function diskFull(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'storage-full';
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
