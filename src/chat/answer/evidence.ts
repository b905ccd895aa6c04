import type { Ctx } from '../../core/context.ts';
import { AppError, isAbort } from '../../core/errors.ts';
import type { EmbedderModel } from '../../ports/embedder.ts';
import type { Hit } from '../../wire/recall.ts';
import type { AnswerDeps } from '../chat-deps.ts';
import type { Rated } from './rate-passages.ts';

/** What speaks for answering at all. */
export interface Evidence {
  /** Share of the question's terms, weighed by rarity, that the best passage covers. */
  readonly coverage: number;
  /** Cosine of the question and the nearest of the best hits; `undefined` without vectors or in a foreign language. */
  readonly nearness: number | undefined;
  /** Share of the question's named words that the best of the quoted passages' hits has; 1 when it names nothing. */
  readonly named: number;
  /** By how much others' words are better than those of the speaker asked about; `undefined` when it is about none. */
  readonly othersLead?: number | undefined;
}

/**
 * Coverage and nearness together, and coverage alone. Chosen on the questions of each part of LoCoMo, XQuAD, FacQA
 * and BEAM asked of the other parts, where nothing can be known (docs/benchmarks.md).
 */
const ENOUGH = { together: 0.67, coverage: 0.28 } as const;

/**
 * How much more it takes when no named word of the question is found. A large memory has common words of any question
 * somewhere, but seldom its names.
 */
const MORE_WITHOUT_NAMES = { together: 0.2, coverage: 0.1 } as const;

/**
 * What Bo did is no answer to what Ana did. Chosen on three conversations of LoCoMo, checked on three others
 * (docs/benchmarks.md): more of what cannot be answered is not, at under one point less of what can.
 */
const OTHERS_LEAD = 0.4;

/** The hits whose vectors are looked at. */
const NEAREST_OF = 5;

/** Whether the evidence is enough to answer; if not, there is nothing about the question in memory. */
export function isEnough({ coverage, nearness, named, othersLead = 0 }: Evidence): boolean {
  if (othersLead > OTHERS_LEAD) return false;
  const missing = 1 - named;
  if (nearness === undefined) return coverage >= ENOUGH.coverage + missing * MORE_WITHOUT_NAMES.coverage;
  return coverage + nearness >= ENOUGH.together + missing * MORE_WITHOUT_NAMES.together;
}

/** A passage with this share of a message's terms says what the message says, or answers a few words thrown in. */
const REPEATS = 0.8;

/** Whether memory holds what a message that asks nothing tells. */
export function repeats({ coverage }: Evidence): boolean {
  return coverage >= REPEATS;
}

/** The share of the question that the best passage covers. */
export function bestCoverage(rated: readonly Rated[]): number {
  return rated.reduce((best, { coverage }) => Math.max(best, coverage), 0);
}

/** The share of the question's named words that the best of the chosen passages has. */
export function bestNamed(chosen: readonly Rated[]): number {
  return chosen.reduce((best, { named }) => Math.max(best, named), 0);
}

function understands({ languages }: EmbedderModel, language: string | undefined): boolean {
  return languages === 'many' || language === undefined || languages.includes(language);
}

/** How near the best hits are to the question by their stored vectors; `undefined` when that says nothing. */
export async function nearness(
  question: { readonly text: string; readonly language: string | undefined },
  hits: readonly Hit[],
  deps: AnswerDeps,
  ctx: Ctx,
): Promise<number | undefined> {
  const { embedder, slot } = deps.embedder();
  if (hits.length === 0 || !understands(embedder.model, question.language)) return undefined;
  try {
    const vector = await embedder.embedQuery(question.text, ctx.signal);
    const ids = hits.slice(0, NEAREST_OF).map(({ id }) => id);
    const request = { terms: [], vectors: [{ slot, vector }], filter: { ids }, candidates: NEAREST_OF };
    const found = await deps.memory.search(ctx.ownerId, request, ctx.signal);
    const known = found.flatMap(({ cosines }) => cosines[0] ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (isAbort(error) || (error instanceof AppError && error.retryable)) return undefined;
    throw error;
  }
}
