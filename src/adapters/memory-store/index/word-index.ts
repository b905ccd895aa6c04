import type { QueryTerm } from '../../../ports/memory-store.ts';
import { grown } from './growable.ts';
import {
  GONE,
  type Postings,
  addPostings,
  addScores,
  compactIfHuge,
  compactIfLarge,
  compactPostings,
  newPostings,
  postingsBytes,
  reservePostings,
} from './postings.ts';
import { type TermDictionary, termDictionary } from './term-dictionary.ts';

/** Statistics are kept apart for chunks (0) and for the rest (1). */
export type Collection = 0 | 1;

export interface Bm25 {
  readonly k1: number;
  readonly b: number;
}

export interface WordIndex {
  /** Makes room for so many documents, of `postings` distinct terms together. */
  reserve(documents: number, postings: number): void;
  /** `doc` is the next number: 0, 1, 2 … */
  add(doc: number, terms: string, collection: Collection): void;
  /** `terms` as they were added. */
  remove(doc: number, terms: string): void;
  /** Counts a document in another collection from now on. */
  move(doc: number, terms: string, to: Collection): void;
  /** Weighted BM25 of every document, 0 where no term matches or the document is gone; valid until the next call. */
  score(terms: readonly QueryTerm[]): Float32Array;
  /** Merges what was added one by one into the compact lists; called when all was loaded. */
  compact(): void;
  /** Does so if enough was added for searches to feel it; called after every write. */
  compactIfLarge(): void;
  /** Does so before what was added one by one fills the memory; called while an index is loaded. */
  compactIfHuge(): void;
  bytes(): number;
  /** Compacts, then gives what `wordIndex` takes to go on from here. */
  saved(): SavedWords;
}

/** The state of an index, as arrays and numbers. */
export type SavedWords = ReturnType<typeof savedWords>;

interface State {
  readonly bm25: Bm25;
  readonly dictionary: TermDictionary;
  readonly lists: Postings;
  /** By collection: documents, their tokens together, and how many documents hold each term. */
  readonly docs: [number, number];
  readonly tokens: [number, number];
  readonly frequencies: [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>];
  /** By document: tokens, collection, and k1 (1 − b + b length / mean length), which every change makes stale. */
  lengths: Uint32Array<ArrayBuffer>;
  collections: Uint8Array<ArrayBuffer>;
  norms: Float32Array;
  normsStale: boolean;
  scores: Float32Array;
  size: number;
}

/** A document joins (1) or leaves (-1) the statistics of a collection. */
function countDocument(
  state: State,
  collection: Collection,
  { distinct, length }: { readonly distinct: Iterable<number>; readonly length: number },
  by: 1 | -1,
): void {
  state.docs[collection] += by;
  state.tokens[collection] += by * length;
  const counts = grown(state.frequencies[collection], state.dictionary.size());
  state.frequencies[collection] = counts;
  for (const term of distinct) counts[term] = (counts[term] as number) + by;
  state.normsStale = true;
}

function add(state: State, doc: number, terms: string, collection: Collection): void {
  const read = state.dictionary.read(terms);
  const distinct = addPostings(state.lists, doc, read, state.dictionary.size());
  state.lengths = grown(state.lengths, doc + 1);
  state.collections = grown(state.collections, doc + 1);
  state.lengths[doc] = read.length;
  state.collections[doc] = collection;
  state.size = doc + 1;
  countDocument(state, collection, { distinct, length: read.length }, 1);
}

function leave(state: State, doc: number, terms: string) {
  const read = state.dictionary.read(terms);
  const words = { distinct: new Set(read), length: read.length };
  countDocument(state, state.collections[doc] as Collection, words, -1);
  return words;
}

function refreshNorms(state: State): void {
  if (!state.normsStale) return;
  state.normsStale = false;
  const { docs, tokens, lengths, collections, size } = state;
  const { k1, b } = state.bm25;
  if (state.norms.length < size) state.norms = new Float32Array(lengths.length);
  const perToken = [0, 1].map((c) => (k1 * b * (docs[c] as number)) / Math.max(tokens[c] as number, 1));
  const base = k1 * (1 - b);
  for (let doc = 0; doc < size; doc++) {
    state.norms[doc] = base + (perToken[collections[doc] as number] ?? 0) * (lengths[doc] as number);
  }
}

/** What a term is worth in each collection; nothing in a document that is gone. */
function worthOf({ bm25, docs, frequencies }: State, term: number, weight: number): Float64Array {
  const worth = new Float64Array(3);
  for (const c of [0, 1] as const) {
    const df = frequencies[c][term] ?? 0;
    worth[c] = weight * (bm25.k1 + 1) * Math.log(1 + (docs[c] - df + 0.5) / (df + 0.5));
  }
  return worth;
}

function score(state: State, terms: readonly QueryTerm[]): Float32Array {
  refreshNorms(state);
  if (state.scores.length < state.size) state.scores = new Float32Array(state.lengths.length);
  state.scores.fill(0);
  const { collections, norms, scores } = state;
  for (const { term, weight } of terms) {
    const number = state.dictionary.find(term);
    if (number < 0) continue;
    addScores(state.lists, number, { worth: worthOf(state, number, weight), collections, norms, scores });
  }
  return scores;
}

function savedWords(state: State) {
  const { lists, docs, tokens, frequencies, lengths, collections, size } = state;
  compactPostings(lists, collections);
  const dictionary = state.dictionary.saved();
  return {
    numbers: {
      dictionarySize: dictionary.size,
      documents: size,
      chunks: docs[0],
      others: docs[1],
      chunkTokens: tokens[0],
      otherTokens: tokens[1],
    },
    arrays: {
      dictionary: dictionary.table,
      starts: lists.starts,
      postings: lists.compact,
      inChunks: frequencies[0].slice(0, dictionary.size),
      inOthers: frequencies[1].slice(0, dictionary.size),
      lengths: lengths.slice(0, size),
      collections: collections.slice(0, size),
    },
  };
}

function restored(bm25: Bm25, { numbers, arrays }: SavedWords): State {
  const size = numbers.dictionarySize;
  const lists = newPostings();
  return {
    ...emptyState(bm25),
    dictionary: termDictionary({ table: arrays.dictionary, size }),
    lists: {
      ...lists,
      termCount: size,
      starts: arrays.starts,
      compact: arrays.postings,
      latest: grown(lists.latest, size),
    },
    docs: [numbers.chunks, numbers.others],
    tokens: [numbers.chunkTokens, numbers.otherTokens],
    frequencies: [grown(arrays.inChunks, size), grown(arrays.inOthers, size)],
    lengths: arrays.lengths,
    collections: arrays.collections,
    size: numbers.documents,
  };
}

function emptyState(bm25: Bm25): State {
  return {
    bm25,
    dictionary: termDictionary(),
    lists: newPostings(),
    docs: [0, 0],
    tokens: [0, 0],
    frequencies: [new Int32Array(512), new Int32Array(512)],
    lengths: new Uint32Array(64),
    collections: new Uint8Array(64),
    norms: new Float32Array(0),
    normsStale: true,
    scores: new Float32Array(0),
    size: 0,
  };
}

/**
 * Okapi BM25: idf ln(1 + (N − df + 0.5) / (df + 0.5)), tf (k1 + 1) / (tf + k1 (1 − b + b length / mean length)); N, df
 * and mean length of the living documents of a collection. A term counts at most 255 times in one document.
 */
export function wordIndex(bm25: Bm25, saved?: SavedWords): WordIndex {
  const state = saved ? restored(bm25, saved) : emptyState(bm25);
  return {
    reserve(documents, postings) {
      state.lengths = grown(state.lengths, documents);
      state.collections = grown(state.collections, documents);
      reservePostings(state.lists, postings);
    },
    add: (...document) => add(state, ...document),
    remove(doc, terms) {
      leave(state, doc, terms);
      state.collections[doc] = GONE;
    },
    move(doc, terms, to) {
      countDocument(state, to, leave(state, doc, terms), 1);
      state.collections[doc] = to;
    },
    score: (terms) => score(state, terms),
    compact: () => compactPostings(state.lists, state.collections),
    compactIfHuge: () => compactIfHuge(state.lists, state.collections),
    compactIfLarge: () => compactIfLarge(state.lists, state.collections),
    saved: () => savedWords(state),
    bytes() {
      const { lengths, collections, norms, scores, frequencies } = state;
      const arrays = [lengths, collections, norms, scores, ...frequencies];
      return (
        state.dictionary.bytes() +
        postingsBytes(state.lists) +
        arrays.reduce((sum, array) => sum + array.byteLength, 0)
      );
    },
  };
}
