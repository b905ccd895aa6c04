import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { Reads } from '../../ports/ledger.ts';

/** Setting with the monthly cap: of a space, or in `SYSTEM_OWNER`'s rows of all spaces together. */
export const BUDGET_KEY = 'model-budget';

const Kept = z.strictObject({ capMicros: z.number().nullable() });

/** What a month has cost, and what calls that run now may still cost. */
export interface Spent {
  readonly spentMicros: number;
  readonly reservedMicros: number;
}

export async function capOf(reads: Reads, ownerId: string): Promise<number | null> {
  const row = await reads.table('settings').get({ ownerId, key: BUDGET_KEY });
  return row === undefined ? null : Kept.parse(JSON.parse(row.value)).capMicros;
}

/** Of one space, or with `SYSTEM_OWNER` of all together. */
export async function spentIn(reads: Reads, month: string, ownerId: string): Promise<Spent> {
  const whose = ownerId === SYSTEM_OWNER ? {} : { ownerId };
  const sums = await reads.table('usageSums').list({ where: { month, ...whose } });
  return {
    spentMicros: sums.reduce((sum, { costMicros }) => sum + costMicros, 0),
    reservedMicros: sums.reduce((sum, { reservedMicros }) => sum + reservedMicros, 0),
  };
}

function money(micros: number): string {
  return (micros / 1_000_000).toFixed(micros < 1_000_000 ? 4 : 2);
}

/** Whether a budget may refuse the call: one that costs nothing is never refused. */
export async function isHeld(
  reads: Reads,
  { ownerId, estimateMicros }: { readonly ownerId: string; readonly estimateMicros: number | undefined },
): Promise<boolean> {
  if (estimateMicros === 0) return false;
  const caps = await Promise.all([ownerId, SYSTEM_OWNER].map((whose) => capOf(reads, whose)));
  return caps.some((cap) => cap !== null);
}

/**
 * Throws `budget-exceeded` when a call could cost more than is left of the month, for its space or for all. A call that
 * costs nothing always may; one whose price is unknown may until the cap is reached.
 */
export async function checkBudget(
  reads: Reads,
  call: { readonly ownerId: string; readonly month: string; readonly estimateMicros: number | undefined },
): Promise<void> {
  if (call.estimateMicros === 0) return;
  for (const whose of [call.ownerId, SYSTEM_OWNER]) {
    const cap = await capOf(reads, whose);
    if (cap === null) continue;
    const { spentMicros, reservedMicros } = await spentIn(reads, call.month, whose);
    const left = cap - spentMicros - reservedMicros;
    if (left > 0 && (call.estimateMicros ?? 0) <= left) continue;
    const budget = whose === SYSTEM_OWNER ? 'The budget of all spaces together' : 'The budget of this space';
    throw new AppError(
      'budget-exceeded',
      `${budget} for ${call.month} is ${money(cap)}; ${money(Math.max(0, left))} is left and this call could ` +
        `cost ${call.estimateMicros === undefined ? 'an unknown sum' : money(call.estimateMicros)}.`,
      { details: { capMicros: cap, spentMicros, reservedMicros } },
    );
  }
}
