import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Longer is no key. */
const MOST_CHARS = 10_000;

/** Content of a file in the folder of secrets, trimmed; `undefined` when it is not there. Names have no path in them. */
export async function readSecretFile(folder: string, name: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, name), 'utf8')).slice(0, MOST_CHARS).trim();
  } catch {
    // Missing or not readable: whoever needs the key says so.
    return undefined;
  }
}
