import { AppError, isAbort } from '../../core/errors.ts';

/** The code of a file system error, as `ENOENT`. */
export function diskCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Turns a file system error into ours; the message tells the kind of failure, never a path. */
export function diskError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isAbort(error)) return new AppError('aborted', 'The work was cancelled.', { cause: error });
  const code = diskCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('storage-full', 'The disk is full: the object was not stored.', { cause: error });
  }
  if (code === 'ELOOP' || code === 'ENOTDIR') {
    return new AppError('unavailable', 'The object folder holds a link or a file where a folder belongs.', {
      cause: error,
    });
  }
  return new AppError('unavailable', `The object folder could not be used (${code ?? 'unknown error'}).`, {
    cause: error,
  });
}
