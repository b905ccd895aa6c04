import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dot } from '../../src/core/vectors.ts';
import type { Embedder } from '../../src/ports/embedder.ts';

/** An open embedder; `dispose` ends what stands behind it, such as a server. */
export interface EmbedderUnderTest {
  readonly embedder: Embedder;
  readonly dispose?: () => Promise<void>;
}

const TEXTS = [
  'The cat sleeps on the sofa.',
  'A kitten is napping on the couch.',
  'Interest rates rose by half a point.',
  '日本語の短い文です。',
  'one',
];

/** Most numbers a vector may differ in direction when the same text is encoded twice. */
const SAME = 0.999_999;

/** The rules of `ports/embedder`, for every driver. `open` makes a new embedder each time. */
export function embedderContract(name: string, open: () => Promise<EmbedderUnderTest>): void {
  describe(`${name} as an embedder`, () => {
    let opened: EmbedderUnderTest;
    let embedder: Embedder;
    const { signal } = new AbortController();
    const length = (vector: Float32Array) => Math.sqrt(dot(vector, vector));
    const at = (vectors: readonly Float32Array[], index: number) => vectors[index] ?? new Float32Array();

    beforeAll(async () => {
      opened = await open();
      embedder = opened.embedder;
    });
    afterAll(async () => {
      await opened.embedder.close();
      await opened.dispose?.();
    });

    it('states a model with an id, dimensions and a token limit', () => {
      expect(embedder.model.id).not.toBe('');
      expect(embedder.model.dimensions).toBeGreaterThan(0);
      expect(embedder.model.maxTokens).toBeGreaterThan(0);
    });

    it('answers one vector of the stated dimensions and of length 1 for each text', async () => {
      const vectors = await embedder.embedTexts(TEXTS, signal);
      expect(vectors).toHaveLength(TEXTS.length);
      for (const vector of [...vectors, await embedder.embedQuery('one', signal)]) {
        expect(vector).toBeInstanceOf(Float32Array);
        expect(vector).toHaveLength(embedder.model.dimensions);
        expect(length(vector)).toBeCloseTo(1, 4);
      }
    });

    it('keeps the order of the texts, also of more texts than one batch holds', async () => {
      const many = Array.from({ length: 150 }, (_, i) => `${'word '.repeat(i % 7)}number ${i}`);
      const vectors = await embedder.embedTexts(many, signal);
      expect(vectors).toHaveLength(many.length);
      for (const i of [0, 1, 76, 149]) {
        const alone = await embedder.embedTexts(many.slice(i, i + 1), signal);
        expect(dot(at(vectors, i), at(alone, 0))).toBeGreaterThan(SAME);
      }
    });

    it('gives the same text the same vector, whatever its neighbours', async () => {
      const [alone] = await embedder.embedTexts([TEXTS[0] ?? ''], signal);
      const among = await embedder.embedTexts(['x', 'long '.repeat(80), ...TEXTS], signal);
      expect(dot(alone ?? new Float32Array(), at(among, 2))).toBeGreaterThan(SAME);
    });

    it('gives the same question the same vector again, even when the caller changed the first', async () => {
      const first = await embedder.embedQuery('Where is the cat?', signal);
      const copy = first.slice();
      first.fill(0);
      const second = await embedder.embedQuery('Where is the cat?', signal);
      expect([...second]).toEqual([...copy]);
    });

    it('gives different texts different vectors', async () => {
      const [cat, , rates] = await embedder.embedTexts(TEXTS, signal);
      expect(dot(cat ?? new Float32Array(), rates ?? new Float32Array())).toBeLessThan(0.99);
    });

    it('answers no vectors for no texts', async () => {
      expect(await embedder.embedTexts([], signal)).toEqual([]);
    });

    it('accepts an empty text', async () => {
      const [stored] = await embedder.embedTexts([''], signal);
      const question = await embedder.embedQuery('', signal);
      expect(length(stored ?? new Float32Array())).toBeCloseTo(1, 4);
      expect(length(question)).toBeCloseTo(1, 4);
    });

    it('cuts a text that is far too long instead of refusing it', async () => {
      const [vector] = await embedder.embedTexts(['a very long story '.repeat(20_000)], signal);
      expect(length(vector ?? new Float32Array())).toBeCloseTo(1, 4);
    });

    it('accepts texts with half a character, control characters and special words of tokenizers', async () => {
      const vectors = await embedder.embedTexts(
        ['half \ud83d', '\u0000\u0007', '[CLS] </s> <|endoftext|>'],
        signal,
      );
      for (const vector of vectors) expect(length(vector)).toBeCloseTo(1, 4);
    });

    it('does nothing for a signal that fired before', async () => {
      const aborted = AbortSignal.abort();
      await expect(embedder.embedQuery('never asked', aborted)).rejects.toMatchObject({ code: 'aborted' });
      await expect(embedder.embedTexts(['never asked'], aborted)).rejects.toMatchObject({ code: 'aborted' });
    });

    it('serves others after an abort in the middle', async () => {
      const stopped = new AbortController();
      const running = embedder.embedTexts(
        Array.from({ length: 300 }, (_, i) => `text ${i}`),
        stopped.signal,
      );
      const outcome = running.then(
        () => 'finished',
        (error: unknown) => (error as { code?: string }).code,
      );
      stopped.abort();
      // A driver without anything to wait for may have been done before.
      expect(['aborted', 'finished']).toContain(await outcome);
      expect(await embedder.embedTexts(['next'], signal)).toHaveLength(1);
    });

    it('answers questions and texts of several callers at once', async () => {
      const [texts, question] = await Promise.all([
        embedder.embedTexts(TEXTS, signal),
        embedder.embedQuery('at once', signal),
        embedder.embedTexts(TEXTS.toReversed(), signal),
      ]);
      expect(texts).toHaveLength(TEXTS.length);
      expect(question).toHaveLength(embedder.model.dimensions);
    });

    it('says that it is closed, and may be closed twice', async () => {
      const other = await open();
      await other.embedder.close();
      await other.embedder.close();
      const closed = { code: 'unavailable', message: expect.stringContaining('closed') };
      await expect(other.embedder.embedQuery('late', signal)).rejects.toMatchObject(closed);
      await expect(other.embedder.embedTexts(['late'], signal)).rejects.toMatchObject(closed);
      await other.dispose?.();
    });
  });
}
