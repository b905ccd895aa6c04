import type { QueryTerm } from '../../../ports/memory-store.ts';
import { bestDocs, sortByScore } from './best-docs.ts';
import { type ResolvedFilter, filterMask } from './filter-mask.ts';
import type { ItemColumns } from './item-columns.ts';
import type { VectorIndex } from './vector-index.ts';
import type { WordIndex } from './word-index.ts';

export interface IndexSearch extends ResolvedFilter {
  readonly terms: readonly QueryTerm[];
  /** `index` is `undefined` for a slot that has no vectors. */
  readonly vectors: readonly { readonly index: VectorIndex | undefined; readonly vector: Float32Array }[];
  readonly candidates: number;
}

/** Documents found and their signals; all lists in the same order. */
export interface Found {
  readonly docs: Int32Array;
  readonly words: Float64Array;
  /** One list a vector; NaN for documents that have none in the slot. */
  readonly cosines: readonly Float64Array[];
}

function bestByWords(
  columns: ItemColumns,
  scores: Float32Array,
  mask: Uint8Array,
  limit: number,
): Int32Array {
  const best = bestDocs(limit, columns.ids);
  // Nothing that matches no word, and one comparison for most of what does.
  let threshold = Number.MIN_VALUE;
  for (let doc = 0; doc < mask.length; doc++) {
    const score = scores[doc] as number;
    if (score >= threshold && mask[doc] === 1) threshold = Math.max(threshold, best.offer(doc, score));
  }
  return best.docs();
}

/**
 * The best `candidates` by words and by each vector among what the filter lets through, with every signal of each of
 * them; the best by words first, equal ones by id.
 */
export function searchIndex(columns: ItemColumns, words: WordIndex, search: IndexSearch): Found {
  const { vectors, candidates } = search;
  const mask = filterMask(columns, search);
  const scores = words.score(search.terms);
  const found = new Set(bestByWords(columns, scores, mask, candidates));
  for (const { index, vector } of vectors) {
    for (const doc of index?.best(vector, mask, candidates, columns.ids) ?? []) found.add(doc);
  }
  const docs = sortByScore(Int32Array.from(found), scores, columns.ids);
  return {
    docs,
    words: Float64Array.from(docs, (doc) => scores[doc] as number),
    cosines: vectors.map(
      ({ index, vector }) => index?.cosines(vector, docs) ?? new Float64Array(docs.length).fill(Number.NaN),
    ),
  };
}
