import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

describe('backoff', () => {
  it('waits four times longer after each failure, up to ten minutes', () => {
    expect([1, 2, 3, 4, 5, 9].map((attempt) => backoffMs(attempt, 1))).toEqual([
      2_000, 8_000, 32_000, 128_000, 512_000, 600_000,
    ]);
  });

  it('takes off a random half at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random) => {
          const full = backoffMs(attempt, 1);
          const waited = backoffMs(attempt, random);
          expect(waited).toBeGreaterThanOrEqual(full / 2);
          expect(waited).toBeLessThanOrEqual(full);
        },
      ),
    );
  });

  it('never comes back before it was asked to', () => {
    expect(backoffMs(1, 0, 90_000)).toBe(90_000);
    expect(backoffMs(9, 1, 90_000)).toBe(600_000);
  });
});
