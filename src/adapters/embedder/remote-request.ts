import { AppError, type ErrorCode } from '../../core/errors.ts';
import { abortError } from './aborts.ts';

export interface RemoteServer {
  /** Up to and with `/v1`; `/embeddings` is added. */
  readonly baseUrl: string;
  /** Name of the model on the server. */
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** `base64` is a third of the bytes; not every server knows it. Default `float`. Both are understood in answers. */
  readonly encoding?: 'float' | 'base64' | undefined;
}

/** So much of a server's explanation is kept, as cause of the error, for the log. */
const KEPT_CHARS = 500;

/** Longer waits are for the caller's schedule, not for us. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * One request; the parsed JSON of the answer. Throws `timeout` or `aborted` by the signal, `rate-limited` and `unavailable`
 * (with `retryAfterMs` when the server says so), `too-large` and `invalid-input` for a request that the server refuses.
 * No error ever holds the key.
 */
export async function requestEmbeddings(
  server: RemoteServer,
  input: readonly string[],
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const response = await fetch(`${server.baseUrl.replace(/\/+$/, '')}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(server.apiKey !== undefined && { authorization: `Bearer ${server.apiKey}` }),
      },
      body: JSON.stringify({ model: server.model, input, encoding_format: server.encoding ?? 'float' }),
      // The texts go to the server that was chosen and to no other.
      redirect: 'manual',
      signal,
    });
    const body = await response.text();
    if (!response.ok) throw refusal(server, response, body);
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (signal.aborted) throw abortError(signal);
    const what =
      error instanceof SyntaxError ? 'did not answer JSON' : 'cannot be reached or broke off its answer';
    throw new AppError('unavailable', `The embedding server ${what}.`, {
      cause: hidden(server, String(error)),
    });
  }
}

function refusal(server: RemoteServer, response: Response, body: string): AppError {
  const { code, message } = meaning(response.status);
  const retryAfterMs = retryAfter(response.headers.get('retry-after'));
  return new AppError(code, message, {
    cause: hidden(server, body.slice(0, KEPT_CHARS)),
    details: { status: response.status },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function meaning(status: number): { code: ErrorCode; message: string } {
  if (status === 429) return { code: 'rate-limited', message: 'The embedding server asks to slow down.' };
  if (status === 401 || status === 403)
    return { code: 'invalid-input', message: `The embedding server refuses the API key (status ${status}).` };
  if (status === 413)
    return { code: 'too-large', message: 'The text is too large for the embedding server.' };
  if (status >= 500 || status === 408)
    return { code: 'unavailable', message: `The embedding server failed (status ${status}).` };
  return {
    code: 'invalid-input',
    message: `The embedding server refuses the request (status ${status}); is the model's name right?`,
  };
}

/** A server may repeat what it was sent. */
function hidden({ apiKey }: RemoteServer, text: string): Error {
  return new Error(apiKey === undefined || apiKey === '' ? text : text.replaceAll(apiKey, '[key]'));
}

/** Seconds or a date (RFC 9110 §10.2.3), in milliseconds from now. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_RETRY_AFTER_MS);
}
