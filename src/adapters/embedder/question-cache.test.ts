import { describe, expect, it } from 'vitest';
import { questionCache } from './question-cache.ts';

describe('questionCache', () => {
  it('forgets the question that was unused for the longest time', () => {
    const cache = questionCache(2);
    cache.set('a', Float32Array.of(1));
    cache.set('b', Float32Array.of(2));
    cache.get('a');
    cache.set('c', Float32Array.of(3));
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([
      Float32Array.of(1),
      undefined,
      Float32Array.of(3),
    ]);
  });

  it('hands out copies', () => {
    const cache = questionCache(2);
    cache.set('a', Float32Array.of(1));
    cache.get('a')?.fill(9);
    expect(cache.get('a')).toEqual(Float32Array.of(1));
  });

  it('does not keep very long questions, whose texts would fill memory', () => {
    const cache = questionCache(2);
    cache.set('a'.repeat(10_000), Float32Array.of(1));
    expect(cache.get('a'.repeat(10_000))).toBeUndefined();
  });

  it('keeps nothing when its size is 0', () => {
    const cache = questionCache(0);
    cache.set('a', Float32Array.of(1));
    expect(cache.get('a')).toBeUndefined();
  });
});
