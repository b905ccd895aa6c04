import { grown } from './growable.ts';

/**
 * Which documents hold a term, and how often: compact lists (all postings of a term side by side) for what was there at
 * the last `compactPostings`, and loose ones, each linked to the one before it of the same term, for what came since.
 * A posting is one number: 24 bits of document, 8 bits of how often. Lists rise by document.
 */
export interface Postings {
  termCount: number;
  /** Where a term's list starts in `compact`; the next one's start is its end. */
  starts: Uint32Array<ArrayBuffer>;
  compact: Uint32Array<ArrayBuffer>;
  looseCount: number;
  loose: Uint32Array<ArrayBuffer>;
  /** Of each loose posting: its term, and the place + 1 of the one before it. */
  looseTerm: Int32Array<ArrayBuffer>;
  previous: Int32Array<ArrayBuffer>;
  /** Place + 1 of each term's latest loose posting. */
  latest: Int32Array<ArrayBuffer>;
}

/** What scoring needs; by document, but for `worth`. */
export interface ScoreInput {
  /** Of the term, by collection. */
  readonly worth: Float64Array;
  readonly collections: Uint8Array;
  readonly norms: Float32Array;
  /** Grows by what the term is worth in each document. */
  readonly scores: Float32Array;
}

const COUNT_BITS = 8;
const COUNT_MASK = 0xff;
export const MAX_DOCUMENTS = 1 << 24;
/** Collection of a removed document: its postings are left out when lists are compacted. */
export const GONE = 2;
const FIRST_LOOSE = 4_096;
/** Loose postings that are left as they are; with more than an eighth of the compact ones they are merged. */
const LOOSE_ALLOWED = 65_536;

/** At 12 bytes each: what 100,000 items of 80 distinct terms need. */
const LOOSE_AT_LOADING = 8_000_000;

export function newPostings(): Postings {
  return {
    termCount: 0,
    starts: new Uint32Array(1),
    compact: new Uint32Array(0),
    looseCount: 0,
    loose: new Uint32Array(FIRST_LOOSE),
    looseTerm: new Int32Array(FIRST_LOOSE),
    previous: new Int32Array(FIRST_LOOSE),
    latest: new Int32Array(FIRST_LOOSE),
  };
}

/** Makes room for so many loose postings. */
export function reservePostings(lists: Postings, count: number): void {
  if (count <= lists.loose.length) return;
  lists.loose = grown(lists.loose, count);
  lists.looseTerm = grown(lists.looseTerm, count);
  lists.previous = grown(lists.previous, count);
}

/**
 * Adds a document with a higher number than any before. `termCount` is how many terms have a number. Returns the
 * document's distinct terms, valid until the next call.
 */
export function addPostings(lists: Postings, doc: number, terms: Int32Array, termCount: number): Int32Array {
  lists.termCount = termCount;
  lists.latest = grown(lists.latest, termCount);
  reservePostings(lists, lists.looseCount + terms.length);
  const { loose, looseTerm, previous, latest } = lists;
  const first = lists.looseCount;
  let count = first;
  for (const term of terms) {
    const before = latest[term] as number;
    if (before > first) {
      const posting = loose[before - 1] as number;
      if ((posting & COUNT_MASK) < COUNT_MASK) loose[before - 1] = posting + 1;
      continue;
    }
    loose[count] = (doc << COUNT_BITS) | 1;
    looseTerm[count] = term;
    previous[count] = before;
    latest[term] = ++count;
  }
  lists.looseCount = count;
  return looseTerm.subarray(first, count);
}

const startOf = ({ starts }: Postings, term: number) => starts[Math.min(term, starts.length - 1)] as number;

/** Adds what a term is worth in every document that has it. */
export function addScores(lists: Postings, term: number, input: ScoreInput): void {
  const { worth, collections, norms, scores } = input;
  const { compact, loose, previous, latest } = lists;
  const credit = (posting: number) => {
    const doc = posting >>> COUNT_BITS;
    const count = posting & COUNT_MASK;
    const part = ((worth[collections[doc] as number] as number) * count) / (count + (norms[doc] as number));
    scores[doc] = (scores[doc] as number) + part;
  };
  const end = startOf(lists, term + 1);
  for (let i = startOf(lists, term); i < end; i++) credit(compact[i] as number);
  for (let at = latest[term] as number; at > 0; at = previous[at - 1] as number)
    credit(loose[at - 1] as number);
}

/** Calls back for every posting whose document is not `GONE`, by rising document within a term. */
function eachLiving(
  { termCount, starts, compact, loose, looseTerm, looseCount }: Postings,
  collections: Uint8Array,
  visit: (term: number, posting: number) => void,
): void {
  const known = Math.min(termCount, starts.length - 1);
  for (let term = 0; term < known; term++) {
    const end = starts[term + 1] as number;
    for (let i = starts[term] as number; i < end; i++) {
      const posting = compact[i] as number;
      if (collections[posting >>> COUNT_BITS] !== GONE) visit(term, posting);
    }
  }
  for (let i = 0; i < looseCount; i++) {
    const posting = loose[i] as number;
    if (collections[posting >>> COUNT_BITS] !== GONE) visit(looseTerm[i] as number, posting);
  }
}

/** Rewrites the compact lists with everything added since, without documents whose collection is `GONE`. */
export function compactPostings(lists: Postings, collections: Uint8Array): void {
  const { termCount, latest } = lists;
  /** First the length of each list, one place ahead; then its start; at last the start of the next. */
  const next = new Uint32Array(termCount + 2);
  eachLiving(lists, collections, (term) => {
    next[term + 2] = (next[term + 2] as number) + 1;
  });
  for (let term = 0; term < termCount; term++)
    next[term + 2] = (next[term + 2] as number) + (next[term + 1] as number);
  const compact = new Uint32Array(next[termCount + 1] as number);
  eachLiving(lists, collections, (term, posting) => {
    const at = next[term + 1] as number;
    compact[at] = posting;
    next[term + 1] = at + 1;
  });
  Object.assign(lists, newPostings(), {
    termCount,
    starts: next.subarray(0, termCount + 1),
    compact,
    latest: latest.fill(0),
  });
}

/** Does so when enough is loose for searches to feel it. */
export function compactIfLarge(lists: Postings, collections: Uint8Array): void {
  if (lists.looseCount > Math.max(LOOSE_ALLOWED, lists.compact.length / 8))
    compactPostings(lists, collections);
}

/** Does so when so much is loose that it would fill the memory; called while an index is loaded. */
export function compactIfHuge(lists: Postings, collections: Uint8Array): void {
  if (lists.looseCount > Math.max(LOOSE_AT_LOADING, lists.compact.length / 2))
    compactPostings(lists, collections);
}

export function postingsBytes(lists: Postings): number {
  const { starts, compact, loose, looseTerm, previous, latest } = lists;
  return [starts, compact, loose, looseTerm, previous, latest].reduce(
    (sum, list) => sum + list.byteLength,
    0,
  );
}
