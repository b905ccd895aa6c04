/** Longer questions are rare and large; they are computed each time. */
const MAX_CACHED_CHARS = 2_000;

/** Vectors of the last questions asked, so the same question costs nothing twice. */
export interface QuestionCache {
  /** A copy: the caller may change it. */
  get(text: string): Float32Array | undefined;
  set(text: string, vector: Float32Array): void;
}

/** Keeps at most `size` vectors; the one unused for the longest time goes first. */
export function questionCache(size: number): QuestionCache {
  const vectors = new Map<string, Float32Array>();
  return {
    get(text) {
      const vector = vectors.get(text);
      if (vector === undefined) return undefined;
      vectors.delete(text);
      vectors.set(text, vector);
      return vector.slice();
    },
    set(text, vector) {
      if (text.length > MAX_CACHED_CHARS) return;
      vectors.delete(text);
      vectors.set(text, vector.slice());
      const oldest = vectors.keys().next();
      if (vectors.size > size && !oldest.done) vectors.delete(oldest.value);
    },
  };
}
