import type { ChatMode } from '../../wire/trace.ts';

/** How far an answer goes. Sizes in tokens. */
export interface ModeLimits {
  /** Memories and documents together. */
  readonly hits: number;
  /** The whole prompt, also where the model would take more: every token of it is waited and paid for. */
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Whether a plan is made first. */
  readonly plans: boolean;
}

/** Room for the answer of a model that thinks first is meant to be enough for both. */
export const MODES = {
  santai: { hits: 8, promptTokens: 6_000, outputTokens: 1_200, plans: false },
  pikiran: { hits: 30, promptTokens: 24_000, outputTokens: 4_000, plans: true },
} as const satisfies Record<ChatMode, ModeLimits>;
