import { sureTokens } from '../../memory/token-budget.ts';
import type { ModeLimits } from './modes.ts';

/** Tokens of a prompt and of its answer. */
export interface PromptBudget {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Assumed of a model that does not say how much it takes; small local ones take about so much. */
const UNKNOWN_CONTEXT = 8_192;
/** The answer takes no more than this share of the context. */
const OUTPUT_SHARE = 0.3;

/** What a model takes, within what the mode spends. */
export function promptBudget(contextTokens: number | undefined, limits: ModeLimits): PromptBudget {
  const context = contextTokens ?? UNKNOWN_CONTEXT;
  const outputTokens = Math.min(limits.outputTokens, Math.floor(context * OUTPUT_SHARE));
  const room = sureTokens(context - outputTokens);
  return { promptTokens: Math.min(limits.promptTokens, room), outputTokens };
}

const RECENT_SHARE = 0.35;
const SUMMARY_SHARE = 0.1;

/** The most that recent messages and summary take of what the fixed parts leave; what was recalled gets all the rest. */
export function shares(freeTokens: number): { readonly recent: number; readonly summary: number } {
  const free = Math.max(0, freeTokens);
  return { recent: Math.floor(free * RECENT_SHARE), summary: Math.floor(free * SUMMARY_SHARE) };
}
