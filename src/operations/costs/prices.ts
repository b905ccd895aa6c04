import { AppError } from '../../core/errors.ts';
import { PRICE_NAMES, PriceFile, PriceTable, type PriceName } from '../../wire/costs.ts';
import shipped from './prices.json' with { type: 'json' };

/** The prices that come with Jiwa: facts known when it was made, each with its date. */
export function shippedPrices(): PriceTable {
  return PriceTable.parse(shipped);
}

/** The prices that come with Jiwa, with those of a file and then single ones laid over. Throws `invalid-input`. */
export function pricesWith(file: unknown, single: Partial<Record<PriceName, number>>): PriceTable {
  const parsed = PriceFile.safeParse(file ?? {});
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'whole'}: ${message}`);
    throw new AppError('invalid-input', `The file of prices is not right. ${faults.join('; ')}`);
  }
  const base = shippedPrices();
  const { name, currency, prices } = parsed.data;
  const laid = PRICE_NAMES.map((key) => {
    const given = single[key] ?? prices[key];
    const own =
      typeof given === 'number' ? { ...base.prices[key], price: given, asOf: 'now', source: 'given' } : given;
    return [key, own ?? base.prices[key]];
  });
  return PriceTable.parse({
    name: name ?? base.name,
    currency: currency ?? base.currency,
    prices: Object.fromEntries(laid),
  });
}
