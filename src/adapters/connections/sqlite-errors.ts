import { AppError, type ErrorCode } from '../../core/errors.ts';
import type { SqliteFailure } from './sqlite-messages.ts';

/** Primary result codes (https://sqlite.org/rescode.html); the low byte of an extended code. */
const PRIMARY: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  5: ['unavailable', 'The database is held by another process.'],
  6: ['unavailable', 'The database is held by another process.'],
  8: ['unavailable', 'The database cannot be written: its file or folder is read-only.'],
  10: ['unavailable', 'The disk failed while the database was read or written.'],
  11: ['internal', 'The database file is damaged; restore it from a backup.'],
  13: ['storage-full', 'The disk is full: the database could not grow.'],
  14: [
    'unavailable',
    'The database file could not be opened; check that its folder exists and may be written.',
  ],
  26: ['internal', 'The file is not a Jiwa database; restore it from a backup.'],
};

const PRIMARY_KEY_TAKEN = 1555;
const UNIQUE_TAKEN = 2067;

/** Turns an error of SQLite into ours: `conflict`, `storage-full`, `unavailable` or `internal`. */
export function sqliteError(failure: SqliteFailure): AppError {
  const cause = new Error(`SQLite ${failure.errcode}: ${failure.message}`);
  if (failure.errcode === PRIMARY_KEY_TAKEN || failure.errcode === UNIQUE_TAKEN) {
    return new AppError('conflict', 'A row with this key exists already.', { cause });
  }
  const known = PRIMARY[failure.errcode & 0xff];
  if (known) return new AppError(known[0], known[1], { cause });
  return new AppError('internal', 'The database refused a statement; the log has the details.', { cause });
}
