export interface ArchiveEntry {
  readonly name: string;
  /** Inflated as it is read; to be read before the next entry is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reads entries of a zip as downloaded, within limits of size, count and ratio; nothing is written to disk. */
export interface ArchiveReader {
  isArchive(head: Uint8Array): boolean;
  /** Entries whose name matches, in archive order. Errors: `unreadable`, `too-large`, `aborted`. */
  entries(
    bytes: Uint8Array,
    wanted: (name: string) => boolean,
    signal: AbortSignal,
  ): AsyncIterable<ArchiveEntry>;
}
