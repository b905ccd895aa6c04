import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dot, normalise } from '../../../core/vectors.ts';
import { quantise } from './quantise.ts';
import { compileScan } from './scan-module.ts';
import { vectorIndex } from './vector-index.ts';

const module = compileScan();
const random = (seed: number) =>
  Math.sin(seed * 12.9898) * 43_758.5453 - Math.floor(Math.sin(seed * 12.9898) * 43_758.5453);
const vectorOf = (dimensions: number, seed: number) =>
  normalise(Float32Array.from({ length: dimensions }, (_, i) => random(seed * 1_000 + i + 1) - 0.5));
const idsOf = (count: number) => Array.from({ length: count }, (_, doc) => String(doc).padStart(6, '0'));

function indexOf(vectors: readonly Float32Array[], dimensions: number) {
  const index = vectorIndex(dimensions, module);
  for (const [doc, vector] of vectors.entries()) index.put(doc, quantise(vector));
  return index;
}

describe('vector index', () => {
  test.each([1, 5, 15, 16, 17, 384, 1_024])('gives the cosines of vectors of %i dimensions', (dimensions) => {
    const vectors = Array.from({ length: 40 }, (_, seed) => vectorOf(dimensions, seed));
    const query = vectorOf(dimensions, 999);
    const docs = [...vectors.keys(), 40, 4_000];
    const cosines = indexOf(vectors, dimensions).cosines(query, docs);
    for (const [doc, vector] of vectors.entries()) expect(cosines[doc]).toBeCloseTo(dot(vector, query), 4);
    expect([...cosines.subarray(40)]).toEqual([NaN, NaN]);
  });

  test('finds the nearest of more vectors than one call scans, only within the mask', () => {
    const vectors = Array.from({ length: 5_000 }, (_, seed) => vectorOf(48, seed));
    const query = vectorOf(48, 77_777);
    const mask = Uint8Array.from(vectors, (_, doc) => (doc % 3 === 0 ? 0 : 1));
    const best = indexOf(vectors, 48).best(query, mask, 10, idsOf(5_000));
    const all = vectors
      .map((vector, doc) => ({ doc, score: dot(vector, query) }))
      .filter(({ doc }) => mask[doc] === 1);
    const right = all.sort((a, b) => b.score - a.score).slice(0, 10);
    expect(best.toSorted()).toEqual(Int32Array.from(right, ({ doc }) => doc).sort());
  });

  test('prefers the first ids among vectors of equal cosine', () => {
    const index = indexOf(
      Array.from({ length: 9 }, () => vectorOf(8, 1)),
      8,
    );
    const ids = idsOf(9).toReversed();
    const best = index.best(vectorOf(8, 1), new Uint8Array(9).fill(1), 3, ids);
    expect(best.toSorted()).toEqual(Int32Array.of(6, 7, 8));
  });

  test('forgets removed vectors and reuses their place', () => {
    const index = indexOf([vectorOf(8, 1), vectorOf(8, 2)], 8);
    const bytes = index.bytes();
    index.remove(0);
    index.remove(0);
    expect([index.has(0), index.has(1)]).toEqual([false, true]);
    index.put(5, quantise(vectorOf(8, 3)));
    expect(index.bytes()).toBe(bytes);
    const cosines = index.cosines(vectorOf(8, 3), [0, 1, 5]);
    expect([...cosines]).toEqual([
      NaN,
      expect.closeTo(dot(vectorOf(8, 2), vectorOf(8, 3)), 4),
      expect.closeTo(1, 4),
    ]);
  });

  test('replaces the vector of a document', () => {
    const index = indexOf([vectorOf(8, 1)], 8);
    index.put(0, quantise(vectorOf(8, 2)));
    expect(index.cosines(vectorOf(8, 2), [0])[0]).toBeCloseTo(1, 4);
  });
});

describe('quantised vectors', () => {
  const values = fc.array(fc.float({ noNaN: true, min: -1, max: 1 }), { minLength: 1, maxLength: 64 });

  test('differ from the vector by half a step at most', () => {
    fc.assert(
      fc.property(values, (values) => {
        const { scale, codes } = quantise(Float32Array.from(values));
        for (const [i, value] of values.entries()) {
          const restored = (codes[i] ?? 0) * scale;
          expect(Math.abs(restored - value)).toBeLessThanOrEqual(scale * 0.500001);
        }
      }),
    );
  });

  test('of only zeros have the cosine 0 with everything', () => {
    expect(indexOf([new Float32Array(8)], 8).cosines(vectorOf(8, 1), [0])).toEqual(Float64Array.of(0));
  });

  test.each([NaN, Infinity])('are never made of %f', (value) => {
    expect(() => quantise(Float32Array.of(0, value))).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});
