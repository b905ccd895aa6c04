import { AppError } from '../../core/errors.ts';
import type { SealedFor, Sealer } from '../../ports/sealer.ts';
import type { ProviderSettings, StoredKey } from './provider-settings.ts';

/** Where keys are that are not in the ledger, and how those in it are opened. */
export interface Secrets {
  readonly sealer: Sealer;
  readonly variable: (name: string) => string | undefined;
  /** Content of a file in the folder of secrets, trimmed. */
  readonly file: (name: string) => Promise<string | undefined>;
}

/** A key is sealed for one provider of one space. */
export function keyBoundTo(ownerId: string, providerId: string): SealedFor {
  return { ownerId, purpose: `model-provider:${providerId}` };
}

async function find(key: StoredKey, secrets: Secrets, boundTo: SealedFor): Promise<string> {
  if ('sealed' in key) return secrets.sealer.open(key.sealed, boundTo);
  const [found, where] =
    'env' in key
      ? [secrets.variable(key.env), `The environment variable ${key.env}`]
      : [await secrets.file(key.file), `The file ${key.file} in the folder of secrets`];
  if (found !== undefined && found !== '') return found;
  throw new AppError('provider-refused', `${where} should hold the key; it is not there or empty.`);
}

/** The key a provider is called with, if it has one. Throws `provider-refused` when it cannot be found. */
export async function openKey(
  settings: Pick<ProviderSettings, 'id' | 'key'>,
  secrets: Secrets,
  ownerId: string,
): Promise<string | undefined> {
  return settings.key && (await find(settings.key, secrets, keyBoundTo(ownerId, settings.id)));
}
