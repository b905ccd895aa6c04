import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { diskError } from './disk-errors.ts';
import type { Received } from './staged-object.ts';

/** Bytes to be sent, readable again for another try. */
export interface Source {
  readonly sha256: string;
  readonly sizeBytes: number;
  slice(start: number, end: number): Promise<Uint8Array>;
}

export function memorySource(body: string | Uint8Array): Source {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.byteLength,
    slice: async (start, end) => bytes.subarray(start, end),
  };
}

export function fileSource({ path, sha256, sizeBytes }: Received): Source {
  return {
    sha256,
    sizeBytes,
    async slice(start, end) {
      try {
        return await sliceOfFile(path, start, end);
      } catch (error) {
        throw diskError(error);
      }
    },
  };
}

async function sliceOfFile(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(end - start);
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) throw new RangeError('A received file became shorter.');
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
