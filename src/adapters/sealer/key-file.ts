import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { syncFolder } from '../connections/sync-folder.ts';

const KEY_BYTES = 32;

const isCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code;

/** A key as it is written; `undefined` for anything else. Base64 is read like base64url. */
export function keyOf(text: string): Buffer | undefined {
  const key = Buffer.from(text.trim(), 'base64url');
  return key.length === KEY_BYTES ? key : undefined;
}

/** The key, `undefined` when there is no file. Throws `unreadable` when the file holds something else. */
export async function readKey(path: string): Promise<Buffer | undefined> {
  try {
    const key = keyOf(await readFile(path, 'utf8'));
    if (key !== undefined) return key;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new AppError('unreadable', `The key file ${path} cannot be read.`, { cause: error });
  }
  throw new AppError(
    'unreadable',
    `The key file ${path} is damaged: expected ${KEY_BYTES} bytes in base64url. Bring it back from a backup.`,
  );
}

/** The key of the file, which is made when there is none: whole or not at all, and never over another one. */
export async function readOrMakeKey(path: string): Promise<Buffer> {
  const there = await readKey(path);
  if (there !== undefined) return there;
  const key = randomBytes(KEY_BYTES);
  const draft = `${path}.${key.toString('hex', 0, 4)}.new`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(draft, `${key.toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await chmod(draft, 0o600);
    await link(draft, path);
    await syncFolder(dirname(path));
    return key;
  } catch (error) {
    const others = isCode(error, 'EEXIST') ? await readKey(path) : undefined;
    if (others !== undefined) return others;
    throw new AppError('unavailable', `The key file ${path} cannot be written.`, { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
}
