import { AppError } from '../../core/errors.ts';
import type { ModelName } from '../../ports/language-model.ts';
import { type Outbound, openOutbound } from '../connections/outbound.ts';
import type { TokenLimits } from './ai-sdk-model.ts';

/** A model that a server of others runs. */
export interface RemoteModelOptions extends TokenLimits {
  /** As settings name them; the server is asked for `name.model`. */
  readonly name: ModelName;
  /** Up to and with `/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** Servers that may be reached at private addresses; one whose address is written in `baseUrl` need not be named. */
  readonly privateHosts?: readonly string[] | undefined;
  /** Default: unknown. */
  readonly contextTokens?: number | undefined;
  /** Whether the model reads images. Default true: the provider says it when it does not. */
  readonly images?: boolean | undefined;
}

/** What a header can carry; a key often comes with a line end or a letter of another script. */
const HEADER_VALUE = /^[\x21-\x7E]*$/;

/**
 * The way to the server of a model. The limits of tokens are the narrow ones; these only outlive them.
 * Throws `invalid-input` for an address or a key that no request can have.
 */
export function openModelOutbound(options: RemoteModelOptions): Outbound {
  const { name, baseUrl, apiKey = '', privateHosts, firstTokenMs = 60_000, nextTokenMs = 30_000 } = options;
  if (!URL.canParse(baseUrl))
    throw new AppError(
      'invalid-input',
      `Expected the address of the provider ${name.provider}, with http or https.`,
    );
  if (!HEADER_VALUE.test(apiKey))
    throw new AppError(
      'invalid-input',
      `The key of the provider ${name.provider} holds characters that no key has.`,
    );
  const idleMs = 2 * Math.max(firstTokenMs, nextTokenMs);
  return openOutbound({ configured: [baseUrl], privateHosts, headersMs: 2 * firstTokenMs, idleMs });
}
