import { AppError, type ErrorCode } from '../../core/errors.ts';
import type { OutboundFetch } from '../connections/outbound.ts';
import { retryAfterMs, saidBy } from '../connections/provider-words.ts';
import { abortError } from '../connections/aborts.ts';

export interface RemoteServer {
  /** Up to and with `/v1`; `/embeddings` is added. */
  readonly baseUrl: string;
  /** Name of the model on the server. */
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** `base64` is a third of the bytes; not every server knows it. Default `float`. Both are understood in answers. */
  readonly encoding?: 'float' | 'base64' | undefined;
}

/** A server, and the way to it. */
export interface ReachableServer extends RemoteServer {
  readonly fetch: OutboundFetch;
}

/**
 * One request; the parsed JSON of the answer. Throws `timeout` or `aborted` by the signal, `rate-limited` and `unavailable`
 * (with `retryAfterMs` when the server says so), `too-large` and `invalid-input` for a request that the server refuses.
 * No error ever holds the key.
 */
export async function requestEmbeddings(
  server: ReachableServer,
  input: readonly string[],
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const response = await server.fetch(`${server.baseUrl.replace(/\/+$/, '')}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(server.apiKey !== undefined && { authorization: `Bearer ${server.apiKey}` }),
      },
      body: JSON.stringify({ model: server.model, input, encoding_format: server.encoding ?? 'float' }),
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
      cause: new Error(saidBy(String(error), server.apiKey)),
    });
  }
}

function refusal(server: RemoteServer, response: Response, body: string): AppError {
  const { code, message } = meaning(response.status);
  const waitMs = retryAfterMs(response.headers.get('retry-after'));
  return new AppError(code, message, {
    cause: new Error(saidBy(body, server.apiKey)),
    details: { status: response.status },
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
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
