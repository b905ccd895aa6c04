import { AppError } from '../../core/errors.ts';
import { type ModelRole, ProviderId, ProviderPreset, type RoleView } from '../../wire/models.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { type KeyOptions, readKey } from './read-key.ts';

export interface UseModelOptions extends KeyOptions {
  readonly url?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

/** Presets that nobody can use without a key. */
const KEYED: ReadonlySet<ProviderPreset> = new Set(['openai', 'anthropic', 'hugging-face', 'runpod']);

interface Named {
  readonly provider: string;
  readonly model: string;
}

/** `openai:gpt-5-mini` or `ollama:llama3.2:3b`: up to the first colon it is the provider. */
export function named(text: string): Named {
  const at = text.indexOf(':');
  const provider = ProviderId.safeParse(text.slice(0, Math.max(at, 0)));
  const model = text.slice(at + 1);
  if (provider.success && model !== '') return { provider: provider.data, model };
  throw new AppError('invalid-input', `Expected provider:model, such as openai:gpt-5-mini; got ‘${text}’.`);
}

/** Sets the provider where something of it is given, or where it is not known yet. */
async function ensureProvider(
  cli: Cli,
  { client }: Connection,
  { provider: id, model }: Named,
  options: UseModelOptions,
): Promise<void> {
  const { providers } = await client.call('listModels', {}, cli.signal);
  const known = providers.find((provider) => provider.id === id);
  const { url, keyEnv, keyFile, keyStdin } = options;
  if (known !== undefined && [url, keyEnv, keyFile, keyStdin].every((given) => given === undefined)) return;
  const preset = known?.preset ?? ProviderPreset.safeParse(id).data ?? 'custom';
  // A key that is kept does not follow its provider to another address.
  const ask = known?.hasKey === true ? url !== undefined : KEYED.has(preset);
  const key = await readKey(cli, id, { ...options, ask });
  const baseUrl = url ?? (preset === 'custom' ? known?.baseUrl : undefined);
  await client.call('putProvider', { params: { id }, body: { preset, baseUrl, key, model } }, cli.signal);
}

/** Gives a role to a model; a provider that is not known yet is set first. */
export async function useModel(
  cli: Cli,
  connection: Connection,
  { role, model: text }: { readonly role: ModelRole; readonly model: string },
  options: UseModelOptions,
): Promise<RoleView> {
  const chosen = named(text);
  await ensureProvider(cli, connection, chosen, options);
  const { temperature, maxTokens: maxOutputTokens } = options;
  const body = { ...chosen, parameters: { temperature, maxOutputTokens } };
  return connection.client.call('setRole', { params: { role }, body }, cli.signal);
}
