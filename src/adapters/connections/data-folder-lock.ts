import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

/** What the file `jiwa.lock` tells about the process that owns a data folder. */
const Holder = z.object({
  pid: z.int(),
  /** Where it serves; `null` until it does. */
  url: z.string().nullable(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  host: z.string(),
});
export type Holder = z.infer<typeof Holder>;

const BUSY = 5;
/** A look at the lock by another command lasts a moment and must not make a start fail. */
const PATIENCE_MS = 300;

export const holderFile = (folder: string) => join(folder, 'jiwa.lock');
const heldFile = (folder: string) => join(folder, 'jiwa.lock.held');

/**
 * Takes the lock of a folder, or gives `undefined` when another process (or this one) has it. The operating system
 * frees it when its process ends in any way, also across containers that share the folder, so there is no stale lock to
 * recognise: it is SQLite's lock on an empty file, the only portable one Node has. No other code may open that file: closing
 * it would free the lock (fcntl(2)).
 */
export function takeLock(folder: string): (() => void) | undefined {
  const db = new DatabaseSync(heldFile(folder), { timeout: PATIENCE_MS });
  if (isFree(() => db.exec('begin exclusive'))) return () => db.close();
  db.close();
  return undefined;
}

/** Who owns the folder now; `undefined` when nobody does. Changes nothing. */
export async function findHolder(folder: string): Promise<Partial<Holder> | undefined> {
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(heldFile(folder), { readOnly: true, timeout: 0 });
  } catch {
    // There is no such folder, or no process has ever owned it.
    return undefined;
  }
  try {
    if (isFree(() => db.exec('select 1 from sqlite_schema'))) return undefined;
  } finally {
    db.close();
  }
  return (await readHolder(folder)) ?? {};
}

/** What the folder's lock file says, whether or not its writer still runs. */
export async function readHolder(folder: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(holderFile(folder), 'utf8')));
  } catch {
    // Not written yet, or removed by an owner that is closing: nothing is known.
    return undefined;
  }
}

function isFree(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return false;
    throw new AppError('unavailable', 'The lock of the data folder could not be used.', { cause: error });
  }
}
