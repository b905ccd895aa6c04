import type { Access } from '../../core/authorized.ts';
import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { BudgetsView, Price, PricesView, UsageView } from '../../wire/models.ts';
import { BUDGET_KEY, capOf, spentIn } from './budget.ts';
import { type ModelSettingsDeps, priceRows, readModelSettings } from './model-settings.ts';
import { SHIPPED_PRICES } from './prices.ts';
import { monthOf } from './usage-sums.ts';

interface Deps {
  readonly ledger: Ledger;
}

/** What a space used in a month (this one by default), by feature, role, model and prompt; the dearest first. */
export async function usageSummary(
  { month: asked }: { readonly month?: string | undefined },
  { ledger }: Deps,
  { ownerId, now }: Ctx,
): Promise<UsageView> {
  const month = asked ?? monthOf(now());
  const rows = await ledger.readsOf(ownerId).table('usageSums').list({ where: { month } });
  const lines = rows.filter(({ calls }) => calls > 0);
  lines.sort((a, b) => b.costMicros - a.costMicros || b.calls - a.calls);
  return { month, currency: SHIPPED_PRICES.currency, lines };
}

/** The caps with what this month has cost; those of all spaces together only for whom `all` is true. */
export async function budgets(
  { all }: { readonly all: boolean },
  { ledger }: Deps,
  { ownerId, now }: Ctx,
): Promise<BudgetsView> {
  const month = monthOf(now());
  const reads = ledger.systemReads();
  const state = async (whose: string) => ({
    capMicros: await capOf(reads, whose),
    ...(await spentIn(reads, month, whose)),
  });
  const { currency } = SHIPPED_PRICES;
  const space = { month, currency, space: await state(ownerId) };
  return all ? { ...space, all: await state(SYSTEM_OWNER) } : space;
}

/** Sets the monthly cap of a space, or with `SYSTEM_OWNER` of all spaces together; `null` takes it away. */
export async function setBudget(
  { whose, capMicros }: { readonly whose: string; readonly capMicros: number | null },
  { ledger }: Deps,
): Promise<void> {
  await ledger.system((tx) =>
    tx.table('settings').upsert({
      ownerId: whose,
      key: BUDGET_KEY,
      value: JSON.stringify({ capMicros }),
      updatedAt: tx.now,
    }),
  );
}

export async function listPrices(deps: ModelSettingsDeps, { ownerId }: Ctx): Promise<PricesView> {
  const { currency, asOf, prices } = SHIPPED_PRICES;
  const { prices: own } = await readModelSettings(deps, ownerId);
  return { currency, asOf, own: [...own], shipped: prices };
}

/** What the installation pays for is booked at its prices: a space that named its own could spend beyond the budget of all. */
function checkPrices({ prices, actions }: SetPrices, { providers }: ModelSettingsDeps['fixed']): void {
  if (actions?.includes('system:manage') === true) return;
  const paidByAll = (id: string | undefined) =>
    providers.some((fixed) => id === undefined || fixed.id === id);
  if (!prices.some(({ provider }) => paidByAll(provider))) return;
  throw new AppError(
    'forbidden',
    'Prices of providers that the installation pays are for its hosts; name a provider of this space.',
  );
}

export interface SetPrices {
  readonly prices: readonly Price[];
  /** What the caller may do. */
  readonly actions: Access['actions'];
}

/** Replaces the space's own prices. Throws `forbidden`. */
export async function setPrices(input: SetPrices, deps: ModelSettingsDeps, ctx: Ctx): Promise<PricesView> {
  const { prices } = input;
  checkPrices(input, deps.fixed);
  await priceRows.keep(deps, ctx.ownerId, { name: '', value: prices });
  return listPrices(deps, ctx);
}
