import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';

/** Reads a JSON file of a model folder; undefined when there is none, `unreadable` when it is not what it should be. */
export async function readStoredJson<T>(
  folder: string,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new AppError('unreadable', `${name} in ${folder} cannot be read.`, { cause: error });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError('unreadable', `${name} in ${folder} is damaged.`, { cause: error });
  }
}

/** Nothing has this name on the disk. */
export function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
