import { describe, expect, test } from 'vitest';
import { chunk, idOf, message, unit } from './memory-store-samples.ts';
import { CONTRACT_BM25, SLOT, type StoreAtHand, never } from './store-at-hand.ts';

/** Signals of a search. */
export function memoryStoreScores(at: () => StoreAtHand, statistics: 'exact' | 'eventual'): void {
  describe('scores', () => {
    const wordsOf = async (term: string, weight = 1) => {
      const request = { terms: [{ term, weight }], vectors: [], filter: {}, candidates: 9 };
      return new Map(
        (await at().store.search(at().owner, request, never)).map(({ id, words }) => [id, words]),
      );
    };
    /** Of a term that `df` of `n` items of mean length `mean` hold, `count` times in one of length `length`. */
    const bm25 = (count: number, { n, df, length, mean }: Record<'n' | 'df' | 'length' | 'mean', number>) => {
      const { k1, b } = CONTRACT_BM25;
      const idf = Math.log(1 + (n - df + 0.5) / (df + 0.5));
      return (idf * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / mean));
    };

    test('are BM25 with statistics of their own for chunks and for the rest', async () => {
      const rest = [message('a', { terms: 'heron heron lake' }), message('b', { terms: 'lake' })];
      await at().store.upsert(
        at().owner,
        [...rest, chunk('c', { terms: 'heron' }), chunk('d', { terms: 'x y z' })],
        never,
      );
      const words = await wordsOf('heron', 2);
      expect(words.get(idOf('a'))).toBeCloseTo(2 * bm25(2, { n: 2, df: 1, length: 3, mean: 2 }), 4);
      expect(words.get(idOf('c'))).toBeCloseTo(2 * bm25(1, { n: 2, df: 1, length: 1, mean: 2 }), 4);
      expect(words.size).toBe(2);
    });

    test.runIf(statistics === 'exact')('forget the statistics of what was removed or replaced', async () => {
      await at().store.upsert(
        at().owner,
        [1, 2, 3, 4].map((n) => message(n, { terms: 'heron lake' })),
        never,
      );
      await at().store.upsert(at().owner, [message(1, { terms: 'boat' })], never);
      await at().store.remove(at().owner, { ids: [idOf(2), idOf(3)] }, never);
      expect((await wordsOf('heron')).get(idOf(4))).toBeCloseTo(
        bm25(1, { n: 2, df: 1, length: 2, mean: 1.5 }),
        4,
      );
    });

    test('come best first, those of equal words by id', async () => {
      const items = [5, 3, 9, 1].map((n) => message(n));
      await at().store.upsert(at().owner, [...items, message('best', { terms: 'heron heron' })], never);
      const tied = items.map(({ id }) => id).sort();
      expect(await at().found('heron')).toEqual([idOf('best'), ...tied]);
    });

    test('are completed for items that only another signal found', async () => {
      await at().store.upsert(at().owner, [message('word'), message('vector', { terms: 'lake' })], never);
      await at().putVectors(SLOT, [idOf('vector')], unit(1, 0, 0));
      await at().putVectors(SLOT, [idOf('word')], unit(-0.6, 0.8, 0));
      const request = {
        terms: [{ term: 'heron', weight: 1 }],
        vectors: [{ slot: SLOT, vector: unit(1, 0, 0) }],
        filter: {},
        candidates: 1,
      };
      const [word, vector] = await at().store.search(at().owner, request, never);
      expect(word).toMatchObject({ id: idOf('word'), words: expect.any(Number) });
      expect(word?.cosines[0]).toBeCloseTo(-0.6, 4);
      expect(vector).toMatchObject({ id: idOf('vector'), words: 0 });
      expect(vector?.cosines[0]).toBeCloseTo(1, 4);
    });

    test('leave the cosine open for an item without a vector', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      const request = { terms: [{ term: 'heron', weight: 1 }], filter: {}, candidates: 9 };
      const vectors = [{ slot: SLOT, vector: unit(1, 2, 3) }];
      const [only] = await at().store.search(at().owner, { ...request, vectors }, never);
      expect(only?.cosines).toEqual([undefined]);
    });
  });
}
