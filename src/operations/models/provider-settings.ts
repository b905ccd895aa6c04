import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { KeyVariable, ProviderId, ProviderPreset } from '../../wire/models.ts';
import { presetOf } from './presets.ts';

/** Where a provider's key is: sealed in the row itself, or outside under a name. */
export const StoredKey = z.union([
  z.strictObject({ sealed: z.string() }),
  z.strictObject({ env: KeyVariable }),
  z.strictObject({ file: z.string() }),
]);
export type StoredKey = z.infer<typeof StoredKey>;

/** A provider as it is kept. */
export const ProviderSettings = z.object({
  id: ProviderId,
  preset: ProviderPreset,
  baseUrl: z.string().optional(),
  key: StoredKey.optional(),
  contextTokens: z.number().optional(),
});
export type ProviderSettings = z.infer<typeof ProviderSettings>;

/** The address that is called; `undefined` for a model of this machine. Throws `invalid-input` where none is known. */
export function baseUrlOf({
  preset,
  baseUrl,
}: Pick<ProviderSettings, 'preset' | 'baseUrl'>): string | undefined {
  const { kind, baseUrl: usual } = presetOf(preset);
  if (kind === 'local') return undefined;
  const address = baseUrl ?? usual;
  if (address !== undefined) return address.replace(/\/+$/, '');
  throw new AppError(
    'invalid-input',
    `A provider of the kind ${preset} needs its address: baseUrl, or --url on the command line.`,
  );
}

/** A name of the machine itself or of a private network (RFC 1918, RFC 4193, RFC 6598), where nobody is paid by the token. */
export function isPrivateAddress(address: string): boolean {
  const { hostname } = new URL(address);
  return (
    hostname === 'localhost' ||
    /\.(localhost|local|internal|lan)$/.test(hostname) ||
    /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\.|^0\./.test(hostname) ||
    /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(hostname) ||
    /^\[(::1?|::ffff:.*|f[cd].*|fe[89ab].*)\]$/.test(hostname) ||
    !hostname.includes('.')
  );
}
