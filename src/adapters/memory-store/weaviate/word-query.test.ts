import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordQuery } from './word-query.ts';

const BM25 = { k1: 1.2, b: 0.75 };
const ask = (...weights: number[]) =>
  wordQuery(
    weights.map((weight, n) => ({ term: `t${n}`, weight })),
    BM25,
  );

test('asks for each term as often as its weight says', () => {
  expect(ask(1, 0.5, 0.25)).toEqual({ text: 't0 t0 t0 t0 t1 t1 t2', factor: 2.2 / 4 });
});

test('asks once where all weigh the same whole number', () => {
  expect(ask(1, 1)).toEqual({ text: 't0 t1', factor: 2.2 });
});

test('leaves out what can match nothing, and asks nothing when nothing is left', () => {
  const terms = ['two words', '', 'tab\there'].map((term) => ({ term, weight: 1 }));
  expect(wordQuery(terms, BM25)).toBeUndefined();
  expect(wordQuery([], BM25)).toBeUndefined();
  expect(wordQuery([...terms, { term: 'one', weight: 2 }], BM25)?.text).toBe('one one');
});

test('keeps the worth of a term within a thirty-second of its weight, however odd the weights are', () => {
  const weights = fc.array(fc.double({ min: 0.1, max: 4, noNaN: true }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(weights, (some) => {
      const query = ask(...some);
      for (const [n, weight] of some.entries()) {
        const count = query?.text.split(' ').filter((term) => term === `t${n}`).length ?? 0;
        expect(Math.abs((count * (query?.factor ?? 0)) / 2.2 - weight)).toBeLessThanOrEqual(1 / 32 + 1e-6);
      }
    }),
  );
});
