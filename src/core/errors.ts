/** Every failure a door can report. A new code does not compile until each surface maps it. */
export type ErrorCode =
  | 'invalid-input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'unsupported'
  | 'unreadable'
  | 'rate-limited'
  | 'aborted'
  | 'timeout'
  | 'unavailable'
  | 'provider-refused'
  | 'budget-exceeded'
  | 'storage-full'
  | 'internal';

/** Whether doing the same again later can succeed. */
const RETRYABLE = {
  'invalid-input': false,
  unauthenticated: false,
  forbidden: false,
  'not-found': false,
  conflict: false,
  'too-large': false,
  unsupported: false,
  unreadable: false,
  'rate-limited': true,
  aborted: false,
  timeout: true,
  unavailable: true,
  'provider-refused': false,
  'budget-exceeded': false,
  'storage-full': true,
  internal: true,
} as const satisfies Record<ErrorCode, boolean>;

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Plain values for the reader of the error; never a secret, never another owner's data. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryAfterMs?: number;
}

/** The one error of the house: a code for programs, a sentence that says what was expected and what came. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
  }

  get retryable(): boolean {
    return RETRYABLE[this.code];
  }
}

/** True for an abort of ours or of the platform: not a failure, not retried, not logged as error. */
export function isAbort(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'aborted';
  return error instanceof Error && error.name === 'AbortError';
}

/** Turns anything thrown into an AppError; what is not ours becomes `internal` with the original as cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isAbort(error)) return new AppError('aborted', 'The work was cancelled.', { cause: error });
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new AppError('timeout', 'The time limit ran out.', { cause: error });
  }
  return new AppError('internal', 'Something failed inside Jiwa; the log has the details.', { cause: error });
}

/** Makes the compiler prove that every member of a union was handled. */
export function unreachable(value: never): never {
  throw new AppError('internal', `Unhandled case: ${JSON.stringify(value)}`);
}
