import type { ErrorCode } from '../../core/errors.ts';
import type { ModelName, ModelRole, ModelUsage } from '../../ports/language-model.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { UsageRow } from '../../ports/usage-rows.ts';
import { checkBudget } from './budget.ts';
import { addToSum, monthOf } from './usage-sums.ts';

/** A call that is about to begin. */
export interface BegunCall {
  readonly ownerId: string;
  readonly userId: string | undefined;
  readonly feature: string;
  readonly promptVersion: string;
  readonly role: ModelRole;
  readonly name: ModelName;
  /** The most it may cost; `undefined` when the price is unknown. */
  readonly estimateMicros: number | undefined;
}

/** How it ended. */
export interface EndedCall {
  readonly outcome: 'done' | 'failed' | 'aborted';
  readonly errorCode: ErrorCode | undefined;
  readonly tokens: ModelUsage;
  readonly estimated: boolean;
  readonly costMicros: number | undefined;
  readonly ms: number;
}

/** The book of calls: each is entered before it begins, so that no budget is overdrawn, and settled when it ends. */
export interface Bookings {
  /** Reserves what the call may cost; gives the id to settle it by. Throws `budget-exceeded`. */
  begin(call: BegunCall): Promise<string>;
  /** Replaces what was reserved by what it cost. What is settled stays settled. */
  settle(ownerId: string, id: string, end: EndedCall): Promise<void>;
  /** Settles what a process left in the middle: it counts with what was reserved. Says how many. */
  settleLost(): Promise<number>;
}

export interface BookingsDeps {
  readonly ledger: Ledger;
  readonly newId: () => string;
}

function runningRow(call: BegunCall, id: string, now: number): UsageRow {
  return {
    ownerId: call.ownerId,
    id,
    userId: call.userId ?? null,
    feature: call.feature,
    role: call.role,
    provider: call.name.provider,
    model: call.name.model,
    promptVersion: call.promptVersion,
    month: monthOf(now),
    at: now,
    ms: 0,
    outcome: 'running',
    errorCode: null,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    estimated: 0,
    costMicros: call.estimateMicros ?? null,
  };
}

function settledPatch({ outcome, errorCode, tokens, estimated, costMicros, ms }: EndedCall) {
  return {
    outcome,
    errorCode: errorCode ?? null,
    inputTokens: tokens.input,
    outputTokens: tokens.output,
    cachedTokens: tokens.cached,
    estimated: estimated ? (1 as const) : (0 as const),
    costMicros: costMicros ?? null,
    ms: Math.round(ms),
  };
}

type Patch = Pick<UsageRow, 'inputTokens' | 'outputTokens' | 'cachedTokens' | 'costMicros' | 'ms'> & {
  readonly outcome: UsageRow['outcome'];
};

/** How the sum of a call changes when the call ends. */
function sumChange(running: UsageRow, end: Patch) {
  return {
    calls: 1,
    failed: end.outcome === 'failed' || end.outcome === 'lost' ? 1 : 0,
    unpriced: end.costMicros === null ? 1 : 0,
    inputTokens: end.inputTokens,
    outputTokens: end.outputTokens,
    cachedTokens: end.cachedTokens,
    costMicros: end.costMicros ?? 0,
    reservedMicros: -(running.costMicros ?? 0),
    ms: end.ms,
  };
}

export function bookings({ ledger, newId }: BookingsDeps): Bookings {
  return {
    begin: (call) =>
      ledger.system(async (tx) => {
        const row = runningRow(call, newId(), tx.now);
        await checkBudget(tx, { ...call, month: row.month });
        await tx.table('usage').insert(row);
        await addToSum(tx, row, { reservedMicros: row.costMicros ?? 0 });
        return row.id;
      }),
    settle: (ownerId, id, end) =>
      ledger.system(async (tx) => {
        const row = await tx.table('usage').get({ ownerId, id, outcome: 'running' });
        if (row === undefined) return;
        const patch = settledPatch(end);
        await tx.table('usage').update({ ownerId, id }, patch);
        await addToSum(tx, row, sumChange(row, patch));
      }),
    settleLost: () =>
      ledger.system(async (tx) => {
        const rows = await tx.table('usage').list({ where: { outcome: 'running' } });
        for (const row of rows) {
          const patch = { ...row, outcome: 'lost' as const, estimated: 1 as const };
          await tx
            .table('usage')
            .update({ ownerId: row.ownerId, id: row.id }, { outcome: 'lost', estimated: 1 });
          await addToSum(tx, row, sumChange(row, patch));
        }
        return rows.length;
      }),
  };
}
