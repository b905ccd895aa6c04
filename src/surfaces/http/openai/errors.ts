import type { FastifyReply } from 'fastify';
import type { Log } from '../../../core/context.ts';
import { AppError, type ErrorCode } from '../../../core/errors.ts';
import { STATUS, logRefusal, translate } from '../errors.ts';

/** How the protocol names our errors. Clients tell them by status; programs by `code` where the protocol has one. */
const NAMES = {
  'invalid-input': ['invalid_request_error', null],
  unauthenticated: ['invalid_request_error', 'invalid_api_key'],
  'budget-exceeded': ['insufficient_quota', 'insufficient_quota'],
  forbidden: ['permission_error', null],
  'not-found': ['invalid_request_error', 'not_found'],
  conflict: ['invalid_request_error', 'conflict'],
  'too-large': ['invalid_request_error', 'too_large'],
  unsupported: ['invalid_request_error', 'unsupported'],
  unreadable: ['invalid_request_error', 'unreadable'],
  'rate-limited': ['rate_limit_error', 'rate_limit_exceeded'],
  aborted: ['api_error', 'aborted'],
  internal: ['api_error', 'internal'],
  'provider-refused': ['api_error', 'provider_refused'],
  unavailable: ['api_error', 'unavailable'],
  timeout: ['api_error', 'timeout'],
  'storage-full': ['api_error', 'storage_full'],
} as const satisfies Record<ErrorCode, readonly [type: string, code: string | null]>;

/** The protocol knows a spent budget as 429, like a rate limit. */
const SPENT = 429;

/** A field of the body that is not as it should be. */
export function wrongField(param: string, message: string): AppError {
  return new AppError('invalid-input', `${param}: ${message}`, { details: { param } });
}

function paramOf({ details }: AppError): string | null {
  if (typeof details?.['param'] === 'string') return details['param'];
  const issues = details?.['issues'] as readonly { readonly field?: string }[] | undefined;
  return issues?.[0]?.field?.replace(/^body\.?/, '') || null;
}

export function errorObject(error: AppError) {
  const [type, code] = NAMES[error.code];
  const known = typeof error.details?.['model'] === 'string' ? 'model_not_found' : code;
  return { message: error.message.replace(/^body\./, ''), type, param: paramOf(error), code: known };
}

/** Answers in the protocol's form; tells the official clients whether the same again can help. */
export async function sendOpenAiError(reply: FastifyReply, thrown: unknown, log: Log): Promise<void> {
  const error = translate(thrown);
  logRefusal(error, log);
  const { retryAfterMs } = error;
  if (retryAfterMs !== undefined) {
    void reply.header('retry-after-ms', Math.ceil(retryAfterMs));
    void reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
  }
  const status = error.code === 'budget-exceeded' ? SPENT : STATUS[error.code];
  await reply
    .header('x-should-retry', String(error.retryable))
    .status(status)
    .send({ error: errorObject(error) });
}
