import { stat } from 'node:fs/promises';
import { AppError } from '../../../core/errors.ts';
import { readGgufHeader, type GgufHeader } from './gguf-header.ts';

/**
 * Reads headers, each once while its file stays as it is: that of a large vocabulary takes 30 ms, and lists of models are asked
 * for often. Throws what `readGgufHeader` throws.
 */
export function knownHeaders(): (path: string) => Promise<GgufHeader> {
  const known = new Map<string, { readonly version: string; readonly header: GgufHeader }>();
  return async (path) => {
    const { ino, size, mtimeMs } = await stat(path).catch((cause: unknown) => {
      throw new AppError('not-found', 'The file is gone.', { cause });
    });
    const version = `${ino}:${size}:${mtimeMs}`;
    const before = known.get(path);
    if (before?.version === version) return before.header;
    const header = await readGgufHeader(path);
    known.set(path, { version, header });
    return header;
  };
}
