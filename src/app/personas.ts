import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Personas } from '../chat/generate/personas.ts';

/** Persona texts that come with Jiwa. */
const SHIPPED = fileURLToPath(new URL('../../personas', import.meta.url));
const DEFAULT = 'default';
const FILE = /^([a-z0-9][a-z0-9-]{0,63})\.md$/u;
/** Longer ones would crowd out what is remembered. */
const MOST_CHARACTERS = 16_000;

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What a read gives, `undefined` where there is nothing to read. */
async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Persona texts of the data folder, `personas/<name>.md`, then those that come with Jiwa; read when they are used. */
export function filePersonas(dataFolder: string): Personas {
  const folders = [join(dataFolder, 'personas'), SHIPPED];
  return {
    async list() {
      const files = await Promise.all(folders.map((folder) => ifThere(readdir(folder))));
      const names = files.flat().flatMap((file = '') => FILE.exec(file)?.[1] ?? []);
      return [...new Set(names)].sort();
    },
    async text(name = DEFAULT) {
      const file = `${name}.md`;
      if (!FILE.test(file)) return undefined;
      for (const folder of folders) {
        const text = await ifThere(readFile(join(folder, file), 'utf8'));
        if (text !== undefined) return text.slice(0, MOST_CHARACTERS);
      }
      return undefined;
    },
  };
}
