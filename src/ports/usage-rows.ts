/** One call of a model: written before it begins, settled once when it ends. */
export interface UsageRow {
  readonly ownerId: string;
  readonly id: string;
  readonly userId: string | null;
  readonly feature: string;
  readonly role: string;
  readonly provider: string;
  readonly model: string;
  readonly promptVersion: string;
  /** `YYYY-MM` (UTC) in which it began; its cost counts there. */
  readonly month: string;
  readonly at: number;
  readonly ms: number;
  /** `lost`: the process ended in the middle of it. */
  readonly outcome: 'running' | 'done' | 'failed' | 'aborted' | 'lost';
  readonly errorCode: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of `inputTokens`. */
  readonly cachedTokens: number;
  /** 1 where the provider told no tokens, so they are reckoned from the sizes of the texts. */
  readonly estimated: 0 | 1;
  /** Millionths of the currency of the price table; while it runs, what is reserved. `null`: the price is unknown. */
  readonly costMicros: number | null;
  /** The process that made it; see `ProcessRow`. */
  readonly process: string | null;
}

/** Sums of the calls of a month that are alike; a budget is held against them. */
export interface UsageSumRow {
  readonly ownerId: string;
  readonly month: string;
  readonly feature: string;
  readonly role: string;
  readonly provider: string;
  readonly model: string;
  readonly promptVersion: string;
  readonly calls: number;
  readonly failed: number;
  /** Calls whose cost is unknown. */
  readonly unpriced: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicros: number;
  /** What calls that run now may still cost. */
  readonly reservedMicros: number;
  readonly ms: number;
}
