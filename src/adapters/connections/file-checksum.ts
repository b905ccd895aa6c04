import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerFile } from './model-server.ts';
import { isMissing } from './stored-json.ts';

/** Size of a file in bytes; undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** sha256 of a file in hex, when its content is what the server lists; undefined when it is not. */
export async function verifiedSha256(path: string, expected: ServerFile): Promise<string | undefined> {
  if ((await sizeOf(path)) !== expected.sizeBytes) return undefined;
  const sha256 = createHash('sha256');
  const blob = createHash('sha1').update(`blob ${expected.sizeBytes}\0`);
  for await (const part of createReadStream(path)) {
    const bytes = part as Buffer;
    sha256.update(bytes);
    blob.update(bytes);
  }
  const digest = sha256.digest('hex');
  return (expected.large ? digest : blob.digest('hex')) === expected.oid ? digest : undefined;
}
