import type { ZipLimits } from '../connections/limited-zip.ts';

/** What reading one document may cost. */
export interface ReadLimits {
  readonly maxBytes: number;
  /** Of the extracted text, in UTF-16 code units. */
  readonly maxCharacters: number;
  /** Wall time of reading, once the bytes are there: a base and more for each MiB of input. */
  readonly timeoutMs: number;
  readonly timeoutPerMiBMs: number;
  /** JavaScript heap of the child process. */
  readonly heapMiB: number;
  /** All memory of the child process; watched where `/proc` tells it (Linux), elsewhere only the heap is limited. */
  readonly residentMiB: number;
  /** Of Office files, which are zips of XML. */
  readonly zip: ZipLimits;
}

export const DEFAULT_READ_LIMITS: ReadLimits = {
  maxBytes: 200 * 2 ** 20,
  maxCharacters: 50_000_000,
  timeoutMs: 60_000,
  timeoutPerMiBMs: 5_000,
  heapMiB: 512,
  residentMiB: 1_024,
  zip: { maxEntries: 10_000, maxUnpackedBytes: 300 * 2 ** 20, maxRatio: 100 },
};
