import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestDocs, sortByScore } from './best-docs.ts';

const idsOf = (count: number) => Array.from({ length: count }, (_, doc) => `id-${(doc * 7_919) % 100_003}`);

/** The best by offering all that reach the threshold, and by sorting all. */
function bothWays(scores: readonly number[], limit: number) {
  const ids = idsOf(scores.length);
  const best = bestDocs(limit, ids);
  let threshold = -Infinity;
  for (const [doc, score] of scores.entries()) if (score >= threshold) threshold = best.offer(doc, score);
  const all = Float64Array.from(scores);
  const everyDoc = Int32Array.from(scores.keys());
  return {
    offered: sortByScore(best.docs(), all, ids),
    sorted: sortByScore(everyDoc, all, ids).subarray(0, limit),
  };
}

describe('the best documents', () => {
  test('are the first of all sorted by score, then id', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 0, max: 20 }), (scores, limit) => {
        const { offered, sorted } = bothWays(scores, limit);
        expect(offered).toEqual(sorted);
      }),
    );
  });

  test.each([
    ['all different', (n: number) => (n * 7_907) % 20_011],
    ['rising', (n: number) => n],
    ['falling', (n: number) => -n],
    ['all equal', () => 1],
    ['of few values', (n: number) => (n * 31) % 7],
  ])('are so for many more than are kept, with scores %s', (_, score) => {
    const { offered, sorted } = bothWays(
      Array.from({ length: 20_000 }, (_, n) => score(n)),
      400,
    );
    expect(offered).toEqual(sorted);
  });

  test('are all there are when fewer are offered, and none when none is wanted', () => {
    expect(bothWays([3, 1, 2], 9).offered).toEqual(Int32Array.of(0, 2, 1));
    expect(bothWays([3, 1, 2], 0).offered).toEqual(Int32Array.of());
  });

  test('are found without ids to tell equal scores apart', () => {
    const best = bestDocs(5, []);
    for (let doc = 0; doc < 10_000; doc++) best.offer(doc, doc % 2);
    expect(best.docs().every((doc) => doc % 2 === 1)).toBe(true);
    expect(new Set(best.docs()).size).toBe(5);
  });
});
