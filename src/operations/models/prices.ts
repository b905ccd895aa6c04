import { z } from 'zod';
import type { ModelName, ModelUsage } from '../../ports/language-model.ts';
import { Price } from '../../wire/models.ts';
import shipped from './price-table.json' with { type: 'json' };
import { type ProviderSettings, baseUrlOf, isPrivateAddress } from './provider-settings.ts';

const PriceTable = z.strictObject({ currency: z.string(), asOf: z.string(), prices: z.array(Price) });

/** The prices that come with Jiwa, for the named providers themselves; what a provider asks today is on its own page. */
export const SHIPPED_PRICES = PriceTable.parse(shipped);

/** What a million tokens cost, in whole units of the currency (so one token costs as many millionths). */
export type TokenPrice = Pick<Price, 'input' | 'cached' | 'output'>;

/** Presets whose own prices are shipped: elsewhere the same name may cost something else. */
const PRICED: ReadonlySet<ProviderSettings['preset']> = new Set(['openai', 'anthropic']);
const FREE: TokenPrice = { input: 0, output: 0 };
/** Providers add a date to the name of a model: `-2025-04-14`, `-20250929`. */
const DATED = /-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$/;

function ownPrice(own: readonly Price[], { provider, model }: ModelName): Price | undefined {
  const named = own.filter((price) => price.model === model);
  return (
    named.find((price) => price.provider === provider) ?? named.find((price) => price.provider === undefined)
  );
}

/**
 * The price of a model: the owner's own, then nothing for what runs here or in a private network, then the shipped one.
 * `undefined`: unknown.
 */
export function priceOf(
  model: string,
  settings: ProviderSettings,
  own: readonly Price[],
): TokenPrice | undefined {
  const set = ownPrice(own, { provider: settings.id, model });
  if (set !== undefined) return set;
  const address = baseUrlOf(settings);
  if (address === undefined || isPrivateAddress(address)) return FREE;
  // An address of one's own under a known name is another provider.
  if (!PRICED.has(settings.preset) || settings.baseUrl !== undefined) return undefined;
  const name = model.replace(DATED, '');
  return SHIPPED_PRICES.prices.find((price) => price.model === model || price.model === name);
}

/** What tokens cost, in millionths, rounded up. */
export function costMicros({ input, output, cached }: ModelUsage, price: TokenPrice): number {
  const read = Math.min(cached, input);
  return Math.ceil(
    (input - read) * price.input + read * (price.cached ?? price.input) + output * price.output,
  );
}
