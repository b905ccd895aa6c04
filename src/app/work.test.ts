import { expect, test } from 'vitest';
import { poolsOf } from './work.ts';

test('a server works in the places of the queues it was given, and nowhere without any', () => {
  expect(poolsOf(['light', 'ingestion'])).toEqual([
    { queues: ['ingestion'], concurrency: 2 },
    { queues: ['light'], concurrency: 2 },
  ]);
  expect(poolsOf([])).toEqual([]);
});
