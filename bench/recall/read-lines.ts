import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../src/core/errors.ts';

/** Rows of a JSON-lines file, checked; names the file and line that is not as expected. */
export async function readLines<S extends z.ZodType>(
  folder: string,
  file: string,
  schema: S,
): Promise<z.infer<S>[]> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('not-found', `Expected a readable file ${path}.`, { cause });
  });
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const row = schema.safeParse(parsed(line, `${path}:${i + 1}`));
    if (!row.success)
      throw new AppError('invalid-input', `${path}:${i + 1} is not as expected: ${row.error.message}`);
    return [row.data];
  });
}

function parsed(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new AppError('invalid-input', `${place} is not JSON.`, { cause });
  }
}
