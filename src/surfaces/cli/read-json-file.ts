import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';

/** A file of JSON that somebody wrote; throws `not-found`, or `invalid-input` that says where it is wrong. */
export async function readJsonFile<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw new AppError('not-found', `There is no file ${path} that can be read.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('invalid-input', `Expected JSON in ${path}.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'whole'}: ${message}`);
  throw new AppError('invalid-input', `${path} is not right. ${faults.join('; ')}`);
}
