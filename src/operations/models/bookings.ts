import type { ErrorCode } from '../../core/errors.ts';
import type { ModelName, ModelRole, ModelUsage } from '../../ports/language-model.ts';
import type { Ledger, SystemTx } from '../../ports/ledger.ts';
import type { UsageRow } from '../../ports/usage-rows.ts';
import type { Living } from '../processes.ts';
import { checkBudget, isHeld } from './budget.ts';
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

/** A call that may begin. */
export interface Booking {
  /** What it is settled by, once it is entered. */
  readonly id: Promise<string>;
}

/** The book of calls: each is entered when it begins and settled when it ends, so that no budget is overdrawn. */
export interface Bookings {
  /**
   * Enters the call. Where a budget holds it, what it may cost is reserved before it may begin; throws
   * `budget-exceeded`.
   */
  begin(call: BegunCall): Promise<Booking>;
  /** Replaces what was reserved by what it cost. What is settled stays settled. */
  settle(ownerId: string, id: string, end: EndedCall): Promise<void>;
  /** Settles what a process left in the middle that is not among the living: it counts with what was reserved. Says how many. */
  settleLost(living: () => Promise<Living>): Promise<number>;
}

export interface BookingsDeps {
  readonly ledger: Ledger;
  readonly newId: () => string;
}

function runningRow(
  call: BegunCall,
  id: string,
  { now, process }: Pick<SystemTx, 'now' | 'process'>,
): UsageRow {
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
    process,
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

async function settleOne(tx: SystemTx, row: UsageRow): Promise<void> {
  const lost = { outcome: 'lost', estimated: 1 } as const;
  const { ownerId, id } = row;
  // Another one may have come first.
  if ((await tx.table('usage').update({ ownerId, id, outcome: 'running' }, lost)) === 0) return;
  await addToSum(tx, row, sumChange(row, { ...row, ...lost }));
}

export function bookings({ ledger, newId }: BookingsDeps): Bookings {
  const enter = (call: BegunCall) =>
    ledger.system(async (tx) => {
      const row = runningRow(call, newId(), tx);
      await checkBudget(tx, { ...call, month: row.month });
      await tx.table('usage').insert(row);
      await addToSum(tx, row, { reservedMicros: row.costMicros ?? 0 });
      return row.id;
    });
  return {
    async begin(call) {
      const id = enter(call);
      // One that fails where nobody waits for it is told when the call is settled.
      id.catch(() => undefined);
      if (await isHeld(ledger.systemReads(), call)) await id;
      return { id };
    },
    settle: (ownerId, id, end) =>
      ledger.system(async (tx) => {
        const row = await tx.table('usage').get({ ownerId, id, outcome: 'running' });
        if (row === undefined) return;
        const patch = settledPatch(end);
        await tx.table('usage').update({ ownerId, id }, patch);
        await addToSum(tx, row, sumChange(row, patch));
      }),
    async settleLost(living) {
      const running = { outcome: 'running' } as const;
      const begun = await ledger.systemReads().table('usage').list({ where: running });
      // Asked after the calls were listed: who began one of them has been living since before.
      const alive = begun.length > 0 ? await living() : undefined;
      const left = begun.filter(({ process }) => !alive?.has(process));
      for (const row of left) await ledger.system((tx) => settleOne(tx, row));
      return left.length;
    },
  };
}
