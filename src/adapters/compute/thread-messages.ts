import { AppError, type ErrorCode } from '../../core/errors.ts';

/** To the thread: run the task of this name. One at a time, so the answer needs no number. */
export interface TaskRequest {
  readonly task: string;
  readonly input: unknown;
}

/** From the thread. */
export type TaskReply =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly failure: PackedError };

/** A thrown value on its way between threads: cloning alone would make a plain Error of an AppError. */
export type PackedError =
  | {
      readonly kind: 'app-error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly stack: string | undefined;
      readonly details: Readonly<Record<string, unknown>> | undefined;
      readonly retryAfterMs: number | undefined;
    }
  | {
      readonly kind: 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
    }
  | { readonly kind: 'other'; readonly text: string };

export function packError(thrown: unknown): PackedError {
  if (thrown instanceof AppError) {
    const { code, message, stack, details, retryAfterMs } = thrown;
    return { kind: 'app-error', code, message, stack, details, retryAfterMs };
  }
  if (thrown instanceof Error) {
    return { kind: 'error', name: thrown.name, message: thrown.message, stack: thrown.stack };
  }
  return { kind: 'other', text: String(thrown) };
}

export function unpackError(packed: PackedError): Error {
  if (packed.kind === 'other') return new Error(packed.text);
  if (packed.kind === 'error') {
    const { name, message, stack } = packed;
    return Object.assign(new Error(message), { name, stack: stack ?? '' });
  }
  const { code, message, stack, details, retryAfterMs } = packed;
  const options = {
    ...(details === undefined ? {} : { details }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return Object.assign(new AppError(code, message, options), { stack: stack ?? '' });
}
