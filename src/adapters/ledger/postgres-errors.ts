import { DatabaseError } from 'pg';
import { AppError, type ErrorCode } from '../../core/errors.ts';

type Known = readonly [code: ErrorCode, message: string];

const GONE: Known = ['unavailable', 'The database cannot be reached; try again in a moment.'];
const FULL: Known = ['storage-full', 'The disk of the database is full.'];
const REFUSED: Known = [
  'unavailable',
  'The database refuses the user, the password or the database name of JIWA_DATABASE_URL.',
];
const CROWDED: Known = [
  'unavailable',
  'Too many wrote the same rows of the database at once; try again in a moment.',
];

/** By code, or by its first two characters (https://www.postgresql.org/docs/15/errcodes-appendix.html). */
const BY_STATE: Readonly<Record<string, Known>> = {
  '23505': ['conflict', 'A row with this key exists already.'],
  '22021': ['invalid-input', 'A text holds a character (U+0000) that the database does not take.'],
  '25006': ['unavailable', 'The database only lets read: it is a standby, or was set so.'],
  '3D000': REFUSED,
  '42501': ['unsupported', 'The user of JIWA_DATABASE_URL lacks a right in the database.'],
  '40': CROWDED,
  '08': GONE,
  '25P03': GONE,
  '28': REFUSED,
  '53100': FULL,
  '53': ['unavailable', 'The database has no connection or memory left for this.'],
  '55': GONE,
  '57014': ['timeout', 'The database took too long over a statement.'],
  '57': GONE,
  '58': ['unavailable', 'The disk failed while the database was read or written.'],
};

/** The way to the database is gone, so that what else waits for it would find the same. */
class LostConnection extends Error {}

/** Whether the transaction failed only because another came in its way, so that the same may succeed now. */
export function cameInTheWay(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '40001' || error.code === '40P01');
}

/** Whether an error of ours tells that the database was lost. */
export function wasLost(error: unknown): boolean {
  return error instanceof AppError && error.cause instanceof LostConnection;
}

/**
 * Turns an error of PostgreSQL or of the way to it into ours: `conflict`, `storage-full`, `unavailable`, `timeout`,
 * `invalid-input`, `unsupported` or `internal`. What the error says of the values of a row is left out.
 */
export function postgresError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof DatabaseError)) return databaseLost(String(error));
  const state = error.code ?? '';
  const said = `PostgreSQL ${state}: ${error.message}`;
  const [code, message] = BY_STATE[state] ??
    BY_STATE[state.slice(0, 2)] ?? ['internal', 'The database refused a statement; the log has the details.'];
  if (message === GONE[1]) return databaseLost(said);
  return new AppError(code, message, { cause: new Error(said) });
}

/** For who was turned away because another one lost the database. */
export function databaseGone(): AppError {
  return new AppError(...GONE);
}

export function databaseLost(said: string): AppError {
  return new AppError(...GONE, { cause: new LostConnection(said) });
}
