import { derivedId } from '../../src/core/ids.ts';
import { normalise } from '../../src/core/vectors.ts';
import type { MemoryItem, SearchRequest } from '../../src/ports/memory-store.ts';

/** Made-up items, vectors and questions that are the same in every run. */
export interface SyntheticMemory {
  readonly dimensions: number;
  item(number: number): MemoryItem;
  vector(number: number): Float32Array;
  /** About an item: most of its words, some common ones, its vector with noise. */
  question(number: number, slot: string, candidates: number): SearchRequest;
}

export interface SyntheticOptions {
  readonly items: number;
  readonly dimensions?: number;
  readonly termsPerItem?: number;
  readonly queryTerms?: number;
}

const OWNER_OF_IDS = 'synthetic';
const VOCABULARY = 200_000;
/** The most frequent words of a language are stop words and never indexed. */
const STOP_WORDS = 60;
const CLUSTERS = 200;
const ITEMS_IN_SESSION = 40;
const MILLISECONDS_APART = 60_000;
const START_TIME = Date.UTC(2020, 0, 1);

/** Uniform in [0, 1), from a seed (mulberry32, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A word of a vocabulary whose frequencies follow Zipf's law with exponent 1 (rank is log-uniform). */
function zipfWord(random: () => number): string {
  const rank = Math.floor(STOP_WORDS * (VOCABULARY / STOP_WORDS) ** random());
  return `w${rank.toString(36)}${'aeiou'[rank % 5]}`;
}

/** A rough normal deviate: the sum of four uniform ones. */
const deviate = (random: () => number) => random() + random() + random() + random() - 2;

/** Three of four items are messages of chats, the rest chunks of documents. */
export function syntheticMemory(options: SyntheticOptions): SyntheticMemory {
  const { items, dimensions = 384, termsPerItem = 60, queryTerms = 40 } = options;
  const centres = Array.from({ length: CLUSTERS }, (_, cluster) => {
    const random = randomFrom(1_000_000 + cluster);
    return normalise(Float32Array.from({ length: dimensions }, () => deviate(random)));
  });
  const termsOf = (number: number) => {
    const random = randomFrom(number);
    return Array.from({ length: termsPerItem }, () => zipfWord(random));
  };
  const vector = (number: number) => {
    const random = randomFrom(2_000_000 + number);
    const centre = centres[Math.floor(random() * CLUSTERS)] as Float32Array;
    const spread = 0.9 / Math.sqrt(dimensions / 3);
    return normalise(centre.map((value) => value + spread * deviate(random)));
  };
  return {
    dimensions,
    item(number) {
      const group = Math.floor(number / ITEMS_IN_SESSION);
      const terms = termsOf(number).join(' ');
      const source = derivedId(OWNER_OF_IDS, 'source', group);
      const isChunk = group % 4 === 3;
      return {
        id: derivedId(OWNER_OF_IDS, 'item', number),
        kind: isChunk ? 'chunk' : 'message',
        ...(isChunk
          ? { documentId: source, s3Path: `chunks/${source}/chunk_${number % ITEMS_IN_SESSION}.txt`, page: 1 }
          : { sessionId: source, text: `${terms}. ${terms}.`, role: number % 2 ? 'assistant' : 'user' }),
        terms,
        position: number % ITEMS_IN_SESSION,
        createdAt: START_TIME + number * MILLISECONDS_APART,
        language: 'en',
        asks: number % 5 === 0,
        tags: number % 10 === 0 ? ['starred'] : [],
        entities: [],
        trust: number % 2 ? 2 : 4,
        derivedFrom: [source],
        sources: [source],
        analyserVersion: 1,
        version: 1,
      };
    },
    vector,
    question(number, slot, candidates) {
      const random = randomFrom(3_000_000 + number);
      const about = Math.floor(random() * items);
      const own = termsOf(about).slice(0, Math.ceil(queryTerms * 0.6));
      const common = Array.from({ length: queryTerms - own.length }, () => zipfWord(random));
      const noisy = vector(about).map((value) => value + 0.02 * deviate(random));
      return {
        terms: [...new Set([...own, ...common])].map((term) => ({ term, weight: 1 })),
        vectors: [{ slot, vector: normalise(noisy) }],
        filter: {},
        candidates,
      };
    },
  };
}
