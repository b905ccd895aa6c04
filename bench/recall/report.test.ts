import { expect, it } from 'vitest';
import { bootstrapInterval } from './bootstrap.ts';
import { measure } from './measures.ts';
import { percentile, report, table } from './report.ts';
import type { QueryOutcome } from './run-set.ts';

function outcome(category: string, found: boolean, ms: number): QueryOutcome {
  const query = { id: 'q', category, question: 'Who?', gold: ['a'] };
  return { group: 'g', query, measures: measure([found ? 'a' : 'x'], ['a']), ms };
}
const OUTCOMES = [outcome('easy', true, 1), outcome('easy', true, 2), outcome('hard', false, 9)];

it('a report has the mean of the questions, and the mean of the categories', () => {
  const figures = report('set', OUTCOMES);
  expect(figures.queries).toBe(3);
  expect(figures.overall.mrr).toBeCloseTo(2 / 3);
  expect(figures.macro.mrr).toBe(0.5);
  expect(figures.categories['hard']?.mrr).toBe(0);
  expect(figures.ms).toEqual({ p50: 2, p95: 9 });
});

it('a table has a line for each category', () => {
  expect(table(OUTCOMES, report('set', OUTCOMES))).toMatch(/easy +2.*\n.*hard +1/u);
});

it('percentiles are values that occurred', () => {
  expect([0.5, 0.95].map((share) => percentile([4, 1, 3, 2], share))).toEqual([2, 4]);
  expect(percentile([], 0.5)).toBe(0);
});

it('an interval holds the mean, is narrower for more values, and is the same every time', () => {
  const few = bootstrapInterval([0, 1, 0, 1]);
  const many = bootstrapInterval(Array.from({ length: 400 }, (_, i) => i % 2));
  expect(few.low).toBeLessThan(0.5);
  expect(few.high).toBeGreaterThan(0.5);
  expect(many.high - many.low).toBeLessThan(few.high - few.low);
  expect(bootstrapInterval([0, 1, 0, 1])).toEqual(few);
});
