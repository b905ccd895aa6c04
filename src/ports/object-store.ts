import type { ObjectKey } from '../core/object-keys.ts';

export interface PutOptions {
  /** True for truth (originals, messages, acts): on stable storage when the promise resolves. Derived files go without. */
  readonly durable: boolean;
}

export interface ObjectInfo {
  readonly key: ObjectKey;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
}

/** Bytes received but not yet at a key: identity (sha256) is known before the place is. */
export interface StagedObject {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The first bytes (at most 64 KiB), enough to tell the type by content. */
  readonly head: Uint8Array;
  /** All bytes, for readers that must look inside before the object gets its key. */
  read(): AsyncIterable<Uint8Array>;
  /** Moves the bytes to `key`, durably. An object already there is replaced (same identity, same bytes). */
  commit(key: ObjectKey): Promise<void>;
  /** Drops the bytes; harmless after `commit`. */
  discard(): Promise<void>;
}

/** Byte range; `end` is exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export interface DownloadOptions {
  /** From one second to seven days. */
  readonly expiresInSeconds: number;
  /** The name under which a browser saves the bytes. */
  readonly filename: string;
}

/**
 * Truth of content: immutable objects of one owner under keys made by `objectKeys`. Writes are atomic: a reader sees
 * the old object, the new one or none, never a part. Errors: `not-found`, `storage-full`, `unavailable`, `aborted`.
 */
export interface ObjectStore {
  put(ownerId: string, key: ObjectKey, body: string | Uint8Array, options: PutOptions): Promise<void>;
  /** Receives a stream of unknown length; more than `maxBytes` throws `too-large` and keeps nothing. */
  stage(
    ownerId: string,
    body: AsyncIterable<Uint8Array>,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<StagedObject>;
  /** The whole object; `undefined` when there is none. */
  get(ownerId: string, key: ObjectKey, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** The object as a stream; throws `not-found`. */
  read(ownerId: string, key: ObjectKey, range?: ByteRange, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  info(ownerId: string, key: ObjectKey): Promise<ObjectInfo | undefined>;
  /**
   * An address from which anybody can download the object until it expires; `undefined` when the store has none, and
   * the bytes go through Jiwa. Does not ask whether the object exists.
   */
  downloadUrl(ownerId: string, key: ObjectKey, options: DownloadOptions): Promise<string | undefined>;
  /** All objects under a prefix (a key that ends with `/`; empty for everything of the owner), in key order. */
  list(ownerId: string, prefix: ObjectKey, signal?: AbortSignal): AsyncIterable<ObjectInfo>;
  /** Removes one object; absent is fine. */
  remove(ownerId: string, key: ObjectKey): Promise<void>;
  /** Removes everything under a prefix and says how many objects went. */
  removeAll(ownerId: string, prefix: ObjectKey, signal?: AbortSignal): Promise<number>;
  close(): Promise<void>;
}
