import { APICallError } from '@ai-sdk/provider';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { retryAfterMs, saidBy } from '../connections/provider-words.ts';

/** Whose errors they are. */
export interface AskedProvider {
  readonly provider: string;
  readonly apiKey: string | undefined;
}

/** The error for a signal that fired: its own where it is one of ours, `timeout` when a deadline did it, else `aborted`. */
export function abortError(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  if (reason instanceof AppError) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError')
    return new AppError('timeout', 'The model did not answer in time.');
  return new AppError('aborted', 'The call of the model was cancelled.');
}

/** The answer was no answer: another try, or another model, may do better. */
export function brokenAnswer({ provider }: Pick<AskedProvider, 'provider'>, what: string): AppError {
  return new AppError('unavailable', `The provider ${provider} ${what}.`);
}

/**
 * What a failure of the SDK means. The original is no cause of ours: it holds the prompt, the key and what came. A short
 * piece of what the provider said is, without the key.
 */
export function providerError(error: unknown, asked: AskedProvider): AppError {
  const links = [...chain(error)];
  const ours = links.find((link) => link instanceof AppError);
  if (ours !== undefined) return ours;
  const call = links.find((link) => APICallError.isInstance(link));
  if (call?.statusCode !== undefined && call.statusCode !== 200) return refusedCall(call, asked);
  return brokenAnswer(asked, 'answered something that is not the stream of an answer, or broke it off');
}

function* chain(error: unknown): Generator {
  const seen = new Set<unknown>();
  for (let link = error; link instanceof Error && !seen.has(link); link = link.cause) {
    seen.add(link);
    yield link;
  }
}

function refusedCall(call: APICallError, asked: AskedProvider): AppError {
  const { statusCode: status = 500, responseBody = '', responseHeaders = {} } = call;
  const { code, what } = status === 401 && !asked.apiKey ? KEYLESS : ofStatus(status, responseBody);
  const waitMs = retryAfterMs(responseHeaders['retry-after']);
  return new AppError(code, `The provider ${asked.provider} ${what} (status ${status}).`, {
    cause: new Error(saidBy(responseBody, asked.apiKey)),
    details: { status },
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}

interface Meaning {
  readonly code: ErrorCode;
  readonly what: string;
}

const BUSY: Meaning = { code: 'rate-limited', what: 'asks to slow down' };
const FAILED: Meaning = { code: 'unavailable', what: 'failed' };
const UNPAID: Meaning = { code: 'provider-refused', what: 'wants to be paid first' };
const KEYLESS: Meaning = { code: 'provider-refused', what: 'wants a key, and none is set' };
const REFUSED: Meaning = { code: 'provider-refused', what: 'refuses the request' };

const BY_STATUS: Readonly<Record<number, Meaning>> = {
  401: { code: 'provider-refused', what: 'refuses the key' },
  402: UNPAID,
  403: { code: 'provider-refused', what: 'refuses the key or the model' },
  404: { code: 'provider-refused', what: 'does not know the model or the address' },
  408: FAILED,
  409: FAILED,
  413: { code: 'provider-refused', what: 'finds the request too large' },
  425: FAILED,
};

/** A quota that is used up comes as 429, too, but waiting does not fill it. */
const USED_UP = /insufficient_quota|billing_hard_limit/;

function ofStatus(status: number, body = ''): Meaning {
  if (status === 429) return USED_UP.test(body) ? UNPAID : BUSY;
  if (status >= 300 && status < 400)
    return { code: 'provider-refused', what: 'leads to another address, which is not followed' };
  return BY_STATUS[status] ?? (status >= 500 ? FAILED : REFUSED);
}

const FOR_GOOD = /auth|permission|invalid_request|not_found|billing|quota|context_length|credit/;

/** An error that came as an event of the stream; some send a status in it. */
export function streamError(event: unknown, asked: AskedProvider): AppError {
  if (event instanceof Error) return providerError(event, asked);
  const { type, code, statusCode, message } = (event ?? {}) as Readonly<Record<string, unknown>>;
  const status = [statusCode, code].find((value) => typeof value === 'number' && value >= 400);
  const { code: ours, what } = typeof status === 'number' ? ofStatus(status) : ofName([type, code].join(' '));
  const said = saidBy(typeof message === 'string' ? message : '', asked.apiKey);
  return new AppError(ours, `The provider ${asked.provider} ${what} in the middle of the answer.`, {
    ...(said !== '' && { cause: new Error(said) }),
  });
}

function ofName(name: string): Meaning {
  if (/rate_limit/.test(name)) return BUSY;
  return FOR_GOOD.test(name) ? REFUSED : FAILED;
}
