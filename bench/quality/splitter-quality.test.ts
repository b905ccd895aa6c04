import { expect, it } from 'vitest';
import { splitterQuality } from './splitter-quality.ts';

const passage = (topic: string, sentences: number) =>
  Array.from(
    { length: sentences },
    (_, i) => `The ${topic} number ${i} has a ${topic} story of its own.`,
  ).join(' ');

it('counts a short text as one whole chunk that holds its answers', () => {
  const quality = splitterQuality([{ passages: [passage('beehive', 2)], answers: ['number 1', 'absent'] }]);
  expect(quality).toMatchObject({ chunks: 1, wholeSentences: 1, answersWhole: 1, windowDiff: 0 });
});

it('finds the border between passages about different things', () => {
  const quality = splitterQuality([
    { passages: [passage('beehive', 14), passage('locomotive', 14), passage('volcano', 14)], answers: [] },
  ]);
  expect(quality.chunks).toBeGreaterThan(1);
  expect(quality.borderRecall).toBe(1);
});

it('of nothing is nothing', () => {
  expect(splitterQuality([])).toMatchObject({ chunks: 0, tokensMean: 0, borderRecall: 0 });
});
