import { readFile, readdir } from 'node:fs/promises';
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

/** Where orchestrators put secrets. */
const USUAL_FOLDER = '/run/secrets';

/**
 * The environment with those of the named variables that lie as files of their names in the folder of secrets, so that
 * an address with a password need not be a variable. What is set wins.
 */
export async function withSecretFiles(
  environment: NodeJS.ProcessEnv,
  names: readonly string[],
): Promise<NodeJS.ProcessEnv> {
  const folder = environment['JIWA_SECRETS'] ?? USUAL_FOLDER;
  const files = new Set(await readdir(folder).catch(() => [])); // most machines have no such folder
  const wanted = names.filter((name) => files.has(name) && environment[name] === undefined);
  const found = await Promise.all(
    wanted.map(async (name) => [name, await readSecretFile(folder, name)] as const),
  );
  return { ...Object.fromEntries(found.filter(([, value]) => value !== undefined)), ...environment };
}
