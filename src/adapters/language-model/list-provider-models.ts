import { AppError } from '../../core/errors.ts';
import { openOutbound } from '../connections/outbound.ts';
import { saidBy } from '../connections/provider-words.ts';

export interface AskedProvider {
  /** Up to and with `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly kind: 'openai-compatible' | 'anthropic';
  readonly privateHosts: readonly string[];
}

const MOST_MODELS = 2_000;
const LIST_BYTES = 16 * 1024 * 1024;
const ANTHROPIC_VERSION = '2023-06-01';

function headersOf({ apiKey, kind }: AskedProvider): Record<string, string> {
  const version = kind === 'anthropic' ? { 'anthropic-version': ANTHROPIC_VERSION } : undefined;
  if (apiKey === undefined) return { ...version };
  return kind === 'anthropic' ? { ...version, 'x-api-key': apiKey } : { authorization: `Bearer ${apiKey}` };
}

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'refuses the key',
  403: 'refuses the key',
  404: 'has no list of models at this address; is it right, up to and with /v1',
};

async function refusal(response: Response, { apiKey }: AskedProvider, host: string): Promise<AppError> {
  const { status } = response;
  const what = REFUSALS[status] ?? (status >= 500 ? 'failed' : 'refuses to list its models');
  const code = status === 429 ? 'rate-limited' : status >= 500 ? 'unavailable' : 'provider-refused';
  const said = saidBy(await response.text(), apiKey);
  return new AppError(code, `${host} ${what} (status ${status}).`, {
    cause: new Error(said),
    details: { status },
  });
}

/** Names in an answer of the form `{ data: [{ id }] }`; what is not of it is left out. */
function namesIn(json: unknown): string[] | undefined {
  const data = typeof json === 'object' && json !== null && 'data' in json ? json.data : undefined;
  if (!Array.isArray(data)) return undefined;
  const names = data.flatMap((model: unknown) =>
    typeof model === 'object' && model !== null && 'id' in model && typeof model.id === 'string'
      ? [model.id]
      : [],
  );
  return names.slice(0, MOST_MODELS).sort();
}

/**
 * The models a provider has, by name. Throws `provider-refused`, `rate-limited`, `unavailable`, and `timeout` or `aborted`
 * by the signal.
 */
export async function listProviderModels(asked: AskedProvider, signal: AbortSignal): Promise<string[]> {
  const { baseUrl, privateHosts } = asked;
  const { host } = new URL(baseUrl);
  const outbound = openOutbound({ configured: [baseUrl], privateHosts, responseBytes: LIST_BYTES });
  try {
    const response = await outbound.fetch(`${baseUrl}/models`, { headers: headersOf(asked), signal });
    if (!response.ok) throw await refusal(response, asked, host);
    const names = namesIn(JSON.parse(await response.text()));
    if (names !== undefined) return names;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  } finally {
    await outbound.close();
  }
  throw new AppError(
    'provider-refused',
    `${host} did not answer with a list of models; is the address right?`,
  );
}
