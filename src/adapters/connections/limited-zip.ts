import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { AppError, isAbort, toAppError } from '../../core/errors.ts';

/** What an archive may cost; checked against the declared sizes first and counted again while inflating. */
export interface ZipLimits {
  readonly maxEntries: number;
  /** Of the entries that are read, together. */
  readonly maxUnpackedBytes: number;
  /** Unpacked bytes over the bytes of the whole archive, looked at above 16 MiB unpacked. */
  readonly maxRatio: number;
}

interface ZipEntry<Bytes> {
  readonly name: string;
  readonly bytes: Bytes;
}

type Entries<Bytes> = AsyncGenerator<ZipEntry<Bytes>, void, void>;

/** An archive whose directory was read. Errors of all methods: `unreadable`, `too-large`, `aborted`. */
export interface LimitedZip {
  /** Names of the files in archive order, folders left out. */
  readonly names: readonly string[];
  /** Inflates the wanted files as they are read, in archive order; one is to be read before the next is asked for. */
  streams(wanted: (name: string) => boolean, signal: AbortSignal): Entries<AsyncIterable<Uint8Array>>;
  /** The same files, each held whole. */
  entries(wanted: (name: string) => boolean, signal: AbortSignal): Entries<Uint8Array>;
  /** Inflates everything and keeps nothing: proves that another unpacker may open these bytes. */
  verify(signal: AbortSignal): Promise<void>;
}

/** A small archive of one repeated byte is honest: below this no ratio makes a bomb. */
const RATIO_FLOOR_BYTES = 16 * 2 ** 20;

/** True for the first bytes of a zip (a file in it, or an empty one). */
export function isZip(head: Uint8Array): boolean {
  const [p, k, kind] = head;
  return p === 0x50 && k === 0x4b && ((kind === 3 && head[3] === 4) || (kind === 5 && head[3] === 6));
}

/** Opens a zip that is in memory: reads its directory, inflates nothing. Zip64 and UTF-8 or CP437 names. */
export async function openZip(bytes: Uint8Array, limits: ZipLimits): Promise<LimitedZip> {
  const zip = await yauzl
    .fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      lazyEntries: true,
      autoClose: false,
    })
    .catch(damaged);
  const files = await directory(zip, limits).catch(damaged);
  const budget = () => byteBudget(bytes.length, limits);
  async function* streams(
    wanted: (name: string) => boolean,
    signal: AbortSignal,
  ): Entries<AsyncIterable<Uint8Array>> {
    const chosen = files.filter((entry) => wanted(entry.fileName));
    budget().spend(declaredBytes(chosen));
    const spent = budget();
    for (const entry of chosen) {
      if (signal.aborted) throw toAppError(signal.reason);
      yield { name: entry.fileName, bytes: counted(inflate(zip, entry, signal), spent) };
    }
  }
  return {
    names: files.map((entry) => entry.fileName),
    streams,
    async *entries(wanted, signal) {
      for await (const { name, bytes: parts } of streams(wanted, signal))
        yield { name, bytes: Buffer.concat(await Array.fromAsync(parts)) };
    },
    async verify(signal) {
      for await (const { bytes: parts } of streams(() => true, signal)) await readThrough(parts);
    },
  };
}

async function* counted(parts: AsyncIterable<Uint8Array>, spent: ReturnType<typeof byteBudget>) {
  for await (const part of parts) {
    spent.spend(part.length);
    yield part;
  }
}

async function readThrough(parts: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = parts[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

async function directory(zip: yauzl.ZipFile, limits: ZipLimits): Promise<yauzl.Entry[]> {
  if (zip.entryCount > limits.maxEntries) {
    const came = zip.entryCount.toLocaleString('en');
    throw new AppError(
      'too-large',
      `The archive holds ${came} files; at most ${limits.maxEntries} are read.`,
    );
  }
  const files: yauzl.Entry[] = [];
  for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith('/')) files.push(entry);
  return files;
}

async function* inflate(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  if (entry.isEncrypted()) throw new AppError('unreadable', 'The archive is protected by a password.');
  try {
    let checksum = 0;
    for await (const part of await zip.openReadStreamPromise(entry)) {
      signal.throwIfAborted();
      checksum = crc32(part as Uint8Array, checksum);
      yield part as Uint8Array;
    }
    if (checksum !== entry.crc32) throw new Error(`checksum of ${entry.fileName} differs`);
  } catch (error) {
    if (signal.aborted) throw toAppError(signal.reason);
    damaged(error);
  }
}

function declaredBytes(entries: readonly yauzl.Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
}

function byteBudget(archiveBytes: number, limits: ZipLimits): { spend(bytes: number): void } {
  let spent = 0;
  return {
    spend(bytes) {
      spent += bytes;
      if (spent > limits.maxUnpackedBytes) {
        const limit = `${Math.round(limits.maxUnpackedBytes / 2 ** 20)} MiB`;
        throw new AppError('too-large', `The archive unpacks to more than ${limit}, the most that is read.`);
      }
      if (spent > RATIO_FLOOR_BYTES && spent > archiveBytes * limits.maxRatio) {
        const ratio = Math.round(spent / archiveBytes);
        throw new AppError(
          'unreadable',
          `The archive unpacks to ${ratio} times its size or more; up to ${limits.maxRatio} times is taken as honest.`,
        );
      }
    },
  };
}

function damaged(error: unknown): never {
  if (error instanceof AppError || isAbort(error)) throw error;
  throw new AppError('unreadable', 'The archive is damaged or incomplete.', { cause: error });
}
