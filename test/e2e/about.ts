import { expect } from 'vitest';

/**
 * Whether word statistics at once forget what was replaced, as over files, or in time, as on Weaviate, where that moves a score
 * by some hundredths.
 */
export type WordStatistics = 'exact' | 'eventual';

const near = (value: number): unknown => expect.closeTo(value, 1);

/** The same: exactly, or with room for what scores may differ by. */
export function about<T>(value: T, statistics: WordStatistics): T {
  if (statistics === 'exact') return value;
  if (typeof value === 'number' && !Number.isInteger(value)) return near(value) as T;
  if (Array.isArray(value)) return value.map((part) => about(part, statistics)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, about(part, statistics)])) as T;
}
