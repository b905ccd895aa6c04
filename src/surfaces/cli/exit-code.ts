import type { ErrorCode } from '../../core/errors.ts';

/** What the command line returns to the shell; `jiwa --help` lists them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  nothingFound: 4,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_ERROR = {
  'invalid-input': EXIT.usage,
  unauthenticated: EXIT.failed,
  forbidden: EXIT.failed,
  'not-found': EXIT.notFound,
  conflict: EXIT.failed,
  'too-large': EXIT.failed,
  unsupported: EXIT.failed,
  unreadable: EXIT.failed,
  'rate-limited': EXIT.failed,
  aborted: EXIT.cancelled,
  timeout: EXIT.failed,
  unavailable: EXIT.failed,
  'provider-refused': EXIT.failed,
  'budget-exceeded': EXIT.failed,
  'storage-full': EXIT.failed,
  internal: EXIT.failed,
} as const satisfies Record<ErrorCode, ExitCode>;

/** The exit code of a failure; a code that a newer server invented counts as failed. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return (BY_ERROR as Partial<Record<string, ExitCode>>)[code] ?? EXIT.failed;
}
