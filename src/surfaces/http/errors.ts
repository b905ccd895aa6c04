import type { z } from 'zod';
import type { FastifyReply } from 'fastify';
import type { Log } from '../../core/context.ts';
import { AppError, type ErrorCode, toAppError } from '../../core/errors.ts';
import type { ErrorBody } from '../../wire/common.ts';

/** HTTP status of each code; a new code does not compile until it is mapped. */
export const STATUS = {
  'invalid-input': 400,
  unauthenticated: 401,
  'budget-exceeded': 402,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unsupported: 415,
  unreadable: 422,
  'rate-limited': 429,
  aborted: 499,
  internal: 500,
  'provider-refused': 502,
  unavailable: 503,
  timeout: 504,
  'storage-full': 507,
} as const satisfies Record<ErrorCode, number>;

/** When to try again, where an error that may pass does not say: a server that went away is often back in seconds. */
const RETRY_AFTER_MS = 2_000;

/** Parses what a client sent; throws `invalid-input` naming each wrong field with what was expected. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 20).map((issue) => ({
    field: [where, ...issue.path].join('.'),
    problem: issue.message,
  }));
  const first = issues[0];
  throw new AppError('invalid-input', `${first?.field ?? where}: ${first?.problem ?? 'not valid'}`, {
    details: { issues },
  });
}

/** Fastify's own refusals (bad JSON, too large, wrong media type) carry a status; ours a code. */
export function translate(error: unknown): AppError {
  const status = (error as { statusCode?: unknown }).statusCode;
  if (error instanceof AppError || typeof status !== 'number' || status >= 500) return toAppError(error);
  const message = error instanceof Error ? error.message : 'The request is not valid.';
  if (status === 413) return new AppError('too-large', message, { cause: error });
  if (status === 415) return new AppError('unsupported', message, { cause: error });
  if (status === 404) return new AppError('not-found', message, { cause: error });
  return new AppError('invalid-input', message, { cause: error });
}

function errorBody(error: AppError): ErrorBody {
  const { code, message, details } = error;
  return { error: { code, message, ...(details === undefined ? {} : { details }) } };
}

/** What is not the caller's fault is logged; what nobody foresaw with its cause. */
export function logRefusal(error: AppError, log: Log): void {
  if (error.code === 'internal') log.error('request-failed', { cause: error.cause ?? error });
  else if (STATUS[error.code] >= 500)
    log.warn('request-refused', { code: error.code, message: error.message });
}

/** Answers with the status and body of an error. */
export async function sendError(reply: FastifyReply, thrown: unknown, log: Log): Promise<void> {
  const error = translate(thrown);
  const status = STATUS[error.code];
  logRefusal(error, log);
  const away = error.code === 'unavailable' || error.code === 'timeout';
  const waitMs = error.retryAfterMs ?? (away ? RETRY_AFTER_MS : undefined);
  if (waitMs !== undefined) void reply.header('retry-after', Math.ceil(waitMs / 1000));
  await reply.status(status).send(errorBody(error));
}
