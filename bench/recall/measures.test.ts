import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, measure } from './measures.ts';

describe('measures of a question', () => {
  it('are those computed by hand', () => {
    const measures = measure(['x', 'a', 'y', 'b'], ['a', 'b', 'c']);
    expect(measures['recall@1']).toBe(0);
    expect(measures['recall@5']).toBeCloseTo(2 / 3);
    expect(measures.mrr).toBe(1 / 2);
    const ideal = 1 + 1 / Math.log2(3) + 1 / 2;
    expect(measures['ndcg@10']).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(5)) / ideal);
  });

  it('are all 1 when the gold stands first, whatever follows', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 30 }), (ids) => {
        const measures = measure(ids, ids.slice(0, 1));
        expect(Object.values(measures)).toEqual([1, 1, 1, 1, 1, 1, 1]);
      }),
    );
  });

  it('are all 0 when nothing is found', () => {
    expect(Object.values(measure([], ['a']))).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('never fall with a larger cut', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(99).map(String), { maxLength: 80 }), (ids) => {
        const measures = measure(ids, ['1', '2', '3']);
        const recalls = [1, 5, 10, 20, 50].map((cut) => measures[`recall@${cut as 1 | 5 | 10 | 20 | 50}`]);
        expect(recalls).toEqual(recalls.toSorted((a, b) => a - b));
      }),
    );
  });
});

it('the mean is taken of each measure', () => {
  expect(mean([measure(['a'], ['a']), measure(['x'], ['a'])]).mrr).toBe(0.5);
});
