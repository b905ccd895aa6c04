import { queryTerms } from '../../memory/analyser.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { QueryTerm } from '../../ports/memory-store.ts';
import type { Ctx } from '../../core/context.ts';
import { isAbort, AppError } from '../../core/errors.ts';
import { dot } from '../../core/vectors.ts';
import { namedShare } from './named-words.ts';
import type { Passage } from './passages.ts';

/** A passage with what speaks for it. */
export interface Rated {
  readonly passage: Passage;
  /** Share of the question's terms in it, each weighed by its rarity among the passages; 0 to 1. */
  readonly coverage: number;
  /** Share of the question's named words that its hit has, weighed by rarity; 1 when the question names nothing. */
  readonly named: number;
  /** Cosine of passage and question; `undefined` when there was no time for it. */
  readonly cosine: number | undefined;
  readonly score: number;
}

/**
 * So many passages get a vector of their own, all within so much time, else words and hits decide alone. They take the
 * path of questions: the one for stored texts may be asleep, and waking it takes longer than all of this.
 */
const EMBEDDED = 6;
const EMBED_WITHIN_MS = 100;

const WEIGHTS = { hit: 0.6, cosine: 0.8, missing: -0.2, otherLanguage: -0.3, asks: -0.25 } as const;

/** Passages without any of the terms, imagined beside the real ones: few passages say little about rarity. */
const IMAGINED = 20;

/** A name that every passage has still counts a little. */
const LEAST_WEIGHT = 0.1;

/** Weight of each question term: its own, times its rarity among the passages (BM25's idf). */
export function termWeights(terms: readonly QueryTerm[], passages: readonly Passage[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { term, weight } of terms) {
    const having = passages.reduce((count, passage) => count + (passage.about.has(term) ? 1 : 0), 0);
    const rarity = Math.log(1 + (passages.length + IMAGINED - having + 0.5) / (having + 0.5));
    weights.set(term, Math.max(weights.get(term) ?? 0, weight * rarity));
  }
  return weights;
}

/** Share of the weight of all terms that a set of terms covers; 0 when there are no terms. */
function covered(weights: ReadonlyMap<string, number>, terms: ReadonlySet<string>): number {
  let all = 0;
  let found = 0;
  for (const [term, weight] of weights) {
    all += weight;
    if (terms.has(term)) found += weight;
  }
  return all === 0 ? 0 : found / all;
}

/** Scores of the hits on a scale from 0 (the weakest of them) to 1 (the best). */
function hitScale(passages: readonly Passage[]): (passage: Passage) => number {
  const scores = passages.map(({ hit }) => hit.score);
  const lowest = Math.min(...scores);
  const range = Math.max(...scores) - lowest;
  return ({ hit }) => (range === 0 ? 1 : (hit.score - lowest) / range);
}

async function cosines(
  question: string,
  passages: readonly Passage[],
  embedder: Embedder,
  ctx: Ctx,
): Promise<(number | undefined)[]> {
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(EMBED_WITHIN_MS)]);
  try {
    const texts = [question, ...passages.map(({ quote }) => quote)];
    const [asked, ...vectors] = await Promise.all(texts.map((text) => embedder.embedQuery(text, signal)));
    return vectors.map((vector) => dot(asked ?? vector, vector));
  } catch (error) {
    ctx.signal.throwIfAborted();
    const late = isAbort(error) || (error instanceof Error && error.name === 'TimeoutError');
    if (!late && !(error instanceof AppError && error.retryable)) throw error;
    return [];
  }
}

/** Weight of each named word: that of the rarest of its terms. */
function nameWeights({ names, language, weights }: Asked): Map<string, number> {
  const weightOf = (word: string) =>
    Math.max(LEAST_WEIGHT, ...queryTerms(word, language).map(({ term }) => weights.get(term) ?? 0));
  return new Map(names.map((word) => [word, weightOf(word)]));
}

/** For each passage the share of the question's named words that its hit has. */
function namedScale(asked: Asked, passages: readonly Passage[]): (passage: Passage) => number {
  const names = nameWeights(asked);
  const hits = new Set(passages.map(({ hit }) => hit));
  const shares = new Map([...hits].map((hit) => [hit, namedShare(names, hit)]));
  return ({ hit }) => shares.get(hit) ?? 0;
}

/** What is asked for: the question as read, its named words, and the weights of its terms. */
export interface Asked {
  readonly question: string;
  readonly language: string | undefined;
  readonly names: readonly string[];
  readonly weights: ReadonlyMap<string, number>;
}

/**
 * Passages with their scores, best first; equal ones in the order given. The weights were chosen on XQuAD (en, ru),
 * FacQA and LoCoMo by how often the answer stands in what is quoted (docs/benchmarks.md).
 */
export async function ratePassages(
  asked: Asked,
  passages: readonly Passage[],
  embedder: Embedder,
  ctx: Ctx,
): Promise<Rated[]> {
  const onScale = hitScale(passages);
  const namedIn = namedScale(asked, passages);
  const foreign = (passage: Passage) =>
    asked.language !== undefined && (passage.hit.language ?? asked.language) !== asked.language;
  const byWords = passages.map((passage) => {
    const coverage = covered(asked.weights, passage.about);
    const named = namedIn(passage);
    const score =
      coverage +
      WEIGHTS.missing * (1 - named) +
      WEIGHTS.hit * onScale(passage) +
      (foreign(passage) ? WEIGHTS.otherLanguage : 0) +
      (passage.asks ? WEIGHTS.asks : 0);
    return { passage, coverage, named, score };
  });
  byWords.sort((a, b) => b.score - a.score);
  const best = byWords.slice(0, EMBEDDED);
  const near = await cosines(
    asked.question,
    best.map(({ passage }) => passage),
    embedder,
    ctx,
  );
  return byWords
    .map((rated, index) => {
      const cosine = near[index];
      return { ...rated, cosine, score: rated.score + WEIGHTS.cosine * (cosine ?? 0) };
    })
    .sort((a, b) => b.score - a.score);
}
