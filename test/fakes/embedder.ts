import { AppError } from '../../src/core/errors.ts';
import { normalise } from '../../src/core/vectors.ts';
import type { Embedder, EmbedderModel } from '../../src/ports/embedder.ts';

export interface FakeEmbedderOptions extends Partial<EmbedderModel> {
  /** Questions fail with this. */
  readonly queryError?: AppError | undefined;
  /** Stored texts fail with this. */
  readonly textsError?: AppError | undefined;
}

/** An embedder for tests, with a record of what it was asked. */
export interface FakeEmbedder extends Embedder {
  readonly queries: readonly string[];
  readonly texts: readonly string[];
}

const WORD = /[\p{L}\p{N}]+/gu;

/**
 * Texts with the same words have the same vector, texts with common words are near, others are about orthogonal. Every
 * word has a fixed direction drawn from its hash; by default 32 dimensions. Nothing waits, nothing is random.
 */
export function fakeEmbedder(options: FakeEmbedderOptions = {}): FakeEmbedder {
  const { queryError, textsError, ...stated } = options;
  const model: EmbedderModel = { id: 'fake', dimensions: 32, maxTokens: 256, languages: 'many', ...stated };
  const queries: string[] = [];
  const texts: string[] = [];
  let closed = false;
  const check = (signal: AbortSignal, error: AppError | undefined) => {
    if (closed) throw new AppError('unavailable', 'The embedder is closed.');
    if (signal.aborted) throw new AppError('aborted', 'The embedding was cancelled.');
    if (error !== undefined) throw error;
  };
  return {
    model,
    queries,
    texts,
    async embedQuery(text, signal) {
      check(signal, queryError);
      queries.push(text);
      return wordsVector(text, model);
    },
    async embedTexts(more, signal) {
      check(signal, textsError);
      texts.push(...more);
      return more.map((text) => wordsVector(text, model));
    },
    async close() {
      closed = true;
    },
  };
}

function wordsVector(text: string, { dimensions, maxTokens }: EmbedderModel): Float32Array {
  const words = text.toLowerCase().match(WORD)?.slice(0, maxTokens) ?? [];
  const sum = new Float32Array(dimensions);
  // A text without words still has a direction, and no two opposite words can leave none.
  sum[0] = 1e-3;
  for (const word of words) addDirection(sum, hash(word));
  return normalise(sum);
}

/** FNV-1a, 32 bits. */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) value = Math.imul(value ^ word.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Adds +1 or -1 in every dimension, drawn by xorshift32 from the seed. */
function addDirection(sum: Float32Array, seed: number): void {
  let state = seed || 1;
  for (let i = 0; i < sum.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    sum[i] = (sum[i] ?? 0) + ((state & 0x100) === 0 ? 1 : -1);
  }
}
