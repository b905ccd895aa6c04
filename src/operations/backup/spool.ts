import type { ObjectStore, StagedObject } from '../../ports/object-store.ts';

/** Bytes are handed on in pieces of about this size. */
const PIECE_BYTES = 64 * 1024;

/** Bytes that are written bit by bit and read once they are all there, kept outside of memory. */
export interface Spool {
  write(bytes: Uint8Array): Promise<void>;
  /** All that was written; to be discarded by the caller. */
  end(): Promise<StagedObject>;
  /** Drops it before its end. */
  abandon(): Promise<void>;
}

/** A spool in the temporary place of the object store. */
export function openSpool(objects: ObjectStore, ownerId: string, signal: AbortSignal): Spool {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const staged = objects.stage(ownerId, readable, Number.MAX_SAFE_INTEGER, signal);
  // Heard of by the next write, or at the end.
  staged.catch(() => undefined);
  const writer = writable.getWriter();
  writer.closed.catch(() => undefined);
  let waiting: Uint8Array[] = [];
  let size = 0;
  const flush = async () => {
    const piece = new Uint8Array(size);
    let at = 0;
    for (const bytes of waiting) {
      piece.set(bytes, at);
      at += bytes.length;
    }
    waiting = [];
    size = 0;
    // What receives may have failed: then it says why, and nobody takes the piece.
    if (piece.length > 0) await Promise.race([writer.write(piece), staged]);
  };
  return {
    async write(bytes) {
      waiting.push(bytes);
      size += bytes.length;
      if (size >= PIECE_BYTES) await flush();
    },
    async end() {
      await flush();
      await Promise.race([writer.close(), staged]);
      return staged;
    },
    async abandon() {
      await writer.abort().catch(() => undefined);
      await staged.then((object) => object.discard()).catch(() => undefined);
    },
  };
}
