import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens, packWithin } from './token-budget.ts';

describe('estimated tokens', () => {
  it('are more for other alphabets than for the same length of Latin text', () => {
    expect(estimateTokens('слово слово')).toBeGreaterThan(estimateTokens('words words'));
    expect(estimateTokens('東京都東京都')).toBe(6);
  });

  it('are 0 only for an empty text', () => {
    expect(estimateTokens('')).toBe(0);
    expect(estimateTokens('a')).toBe(1);
  });
});

describe('packing', () => {
  const cost = (item: number) => item;

  it('leaves out what does not fit and goes on with what does', () => {
    expect(packWithin([50, 60, 40], cost, 100)).toEqual({ packed: [50, 40], leftOut: 1 });
  });

  it('always takes the first item', () => {
    expect(packWithin([500], cost, 100)).toEqual({ packed: [500], leftOut: 0 });
  });

  it('keeps to the budget, order and number of the items', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.nat(200), (items, budget) => {
        const { packed, leftOut } = packWithin(items, cost, budget);
        const total = packed.reduce((sum, item) => sum + item, 0);
        expect(total <= budget || packed.length === 1 || total === (items[0] ?? 0)).toBe(true);
        expect(packed.length + leftOut).toBe(items.length);
      }),
    );
  });
});
