import type { SystemTx } from '../../ports/ledger.ts';
import type { UsageRow, UsageSumRow } from '../../ports/usage-rows.ts';

type Change = Partial<
  Pick<
    UsageSumRow,
    | 'calls'
    | 'failed'
    | 'unpriced'
    | 'inputTokens'
    | 'outputTokens'
    | 'cachedTokens'
    | 'costMicros'
    | 'reservedMicros'
    | 'ms'
  >
>;

const ZERO = {
  calls: 0,
  failed: 0,
  unpriced: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  costMicros: 0,
  reservedMicros: 0,
  ms: 0,
} as const satisfies Required<Change>;

/** The calendar month of a time, `YYYY-MM` in UTC: the same for everybody, whatever the time zone. */
export function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

/** Adds to the sum that a call belongs to, in the transaction that changes the call's own row. */
export async function addToSum(tx: SystemTx, row: UsageRow, change: Change): Promise<void> {
  const { ownerId, month, feature, role, provider, model, promptVersion } = row;
  const key = { ownerId, month, feature, role, provider, model, promptVersion };
  const before = (await tx.table('usageSums').get(key)) ?? { ...key, ...ZERO };
  const changed = Object.fromEntries(
    Object.entries(change).map(([column, by]) => [column, before[column as keyof typeof ZERO] + by]),
  );
  await tx.table('usageSums').upsert({ ...before, ...changed });
}
