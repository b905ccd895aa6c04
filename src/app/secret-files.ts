import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';

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

/** Who starts without a variable that was meant to be there would write into stores of its own. */
async function namesIn(folder: string | undefined): Promise<readonly string[]> {
  try {
    return await readdir(folder ?? USUAL_FOLDER);
  } catch (cause) {
    if (folder === undefined) return []; // most machines have no such folder
    throw new AppError('invalid-input', `JIWA_SECRETS: the folder ${folder} cannot be read.`, { cause });
  }
}

async function variableFile(folder: string, name: string): Promise<string> {
  const value = await readSecretFile(folder, name);
  if (value) return value;
  const fault = value === undefined ? 'cannot be read' : 'is empty';
  throw new AppError('invalid-input', `${name}: its file in ${folder} ${fault}.`);
}

/**
 * The environment with those of the named variables that lie as files of their names in the folder of secrets, so that
 * an address with a password need not be a variable. What is set wins. Throws `invalid-input` for a file that is there and
 * says nothing, and for a folder that was named and is not there.
 */
export async function withSecretFiles(
  environment: NodeJS.ProcessEnv,
  names: readonly string[],
): Promise<NodeJS.ProcessEnv> {
  const named = environment['JIWA_SECRETS'] || undefined;
  const files = new Set(await namesIn(named));
  const wanted = names.filter((name) => files.has(name) && !environment[name]);
  const found = await Promise.all(
    wanted.map(async (name) => [name, await variableFile(named ?? USUAL_FOLDER, name)] as const),
  );
  return { ...environment, ...Object.fromEntries(found) };
}
