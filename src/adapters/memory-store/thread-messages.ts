import { AppError, type ErrorCode, toAppError } from '../../core/errors.ts';
import { sqliteError } from '../connections/sqlite-errors.ts';
import type { MemoryMethod } from './memory-calls.ts';

/** An error on its way between threads. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** For the log. */
  readonly cause?: string;
}

export type ToMemoryThread =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly method: MemoryMethod;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'cancel'; readonly id: number }
  /** After everything sent before. */
  | { readonly kind: 'close' };

export type FromMemoryThread =
  | { readonly kind: 'opened' }
  /** The file could not be opened; the thread ends. */
  | { readonly kind: 'not-opened'; readonly failure: Failure }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly event: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    };

/** What an error becomes to cross; one of SQLite gets a code of ours. */
export function failureOf(error: unknown): Failure {
  const known =
    error instanceof Error && 'errcode' in error
      ? sqliteError({ errcode: Number(error.errcode), message: error.message })
      : toAppError(error);
  return {
    code: known.code,
    message: known.message,
    ...(known.details && { details: known.details }),
    ...(known.cause === undefined ? {} : { cause: textOf(known.cause) }),
  };
}

const textOf = (cause: unknown) => (cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause);

export function errorOf({ code, message, details, cause }: Failure): AppError {
  return new AppError(code, message, {
    ...(details && { details }),
    ...(cause === undefined ? {} : { cause }),
  });
}
