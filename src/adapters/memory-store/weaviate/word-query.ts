import type { QueryTerm } from '../../../ports/memory-store.ts';
import type { Bm25 } from '../index/word-index.ts';

/** A question for Weaviate's BM25 and what its scores are multiplied by to be ours. */
export interface WordQuery {
  readonly text: string;
  readonly factor: number;
}

/** Weights are told apart down to 1/16; finer ones are rounded. */
const FINEST = 16;

/** The coarsest part of 1 of which all weights are multiples. */
function partsOf(weights: readonly number[]): number {
  for (let parts = 1; parts < FINEST; parts++) {
    if (weights.every((weight) => Math.abs(weight * parts - Math.round(weight * parts)) < 1e-6)) return parts;
  }
  return FINEST;
}

/**
 * Weaviate knows no weights of terms, but counts a term as often as it is asked for, so a term stands there as often as
 * its weight says. Its BM25 leaves out the constant factor k1 + 1 (Okapi BM25 as in `index/word-index.ts`).
 * `undefined` when no term can match: terms of stored items hold no spaces.
 */
export function wordQuery(terms: readonly QueryTerm[], { k1 }: Bm25): WordQuery | undefined {
  const known = terms.filter(({ term, weight }) => weight > 0 && term !== '' && !/\s/u.test(term));
  if (known.length === 0) return undefined;
  const parts = partsOf(known.map(({ weight }) => weight));
  const words = known.flatMap(({ term, weight }) =>
    Array.from({ length: Math.max(1, Math.round(weight * parts)) }, () => term),
  );
  return { text: words.join(' '), factor: (k1 + 1) / parts };
}
