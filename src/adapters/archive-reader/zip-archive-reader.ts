import { isZip, openZip, type ZipLimits } from '../connections/limited-zip.ts';
import type { ArchiveReader } from '../../ports/archive-reader.ts';

/** Chat exports: one JSON file of a gigabyte is possible, JSON shrinks well, and every picture is a file. */
const CHAT_EXPORT_LIMITS: ZipLimits = { maxEntries: 100_000, maxUnpackedBytes: 2 * 2 ** 30, maxRatio: 200 };

export interface ZipArchiveReaderOptions {
  readonly limits?: Partial<ZipLimits>;
}

/**
 * Reads zips in this process: entries are inflated one at a time as they are read, each byte counted against the
 * limits. Memory: the zip itself, its directory (about 0.5 KB a file) and the piece being read.
 */
export function zipArchiveReader({ limits = {} }: ZipArchiveReaderOptions = {}): ArchiveReader {
  const effective = { ...CHAT_EXPORT_LIMITS, ...limits };
  return {
    isArchive: isZip,
    async *entries(bytes, wanted, signal) {
      signal.throwIfAborted();
      const zip = await openZip(bytes, effective);
      yield* zip.streams(wanted, signal);
    },
  };
}
