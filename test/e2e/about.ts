import { expect } from 'vitest';

const near = (value: number, digits: number): unknown => expect.closeTo(value, digits);

/**
 * The same with room for how stores compute: numbers have 32 or 64 bits, and the word statistics of one may still count what
 * was replaced, which moves a score by some hundredths.
 */
export function about<T>(value: T): T {
  if (typeof value === 'number' && !Number.isInteger(value)) return near(value, 1) as T;
  if (Array.isArray(value)) return value.map(about) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, about(part)])) as T;
}
