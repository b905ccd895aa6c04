import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutLine, oneLineSummary } from './one-line-summary.ts';

it('a summary is the first sentence and the one that tells most of what is come back to', () => {
  const texts = [
    'Hello there.',
    'The boat is red. I like tea.',
    'When does the red boat leave?',
    'Boat or train?',
  ];
  expect(oneLineSummary(texts)).toBe('Hello there. The boat is red.');
});

it('a summary of nothing is empty', () => {
  expect([oneLineSummary([]), oneLineSummary(['', ' \n'])]).toEqual(['', '']);
});

it('a summary is one line of at most 280 whole characters, whatever was said', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 8 }), (texts) => {
      for (const line of [oneLineSummary(texts), cutLine(texts.join(' '))]) {
        expect(line.length).toBeLessThanOrEqual(280);
        expect(line).not.toMatch(/[\n\r]/u);
      }
    }),
  );
});

it('a long line is cut after a whole sentence where there is one', () => {
  const sentence = `One sentence ${'of many words '.repeat(15)}ends.`;
  expect(cutLine(`${sentence} Another ${'word '.repeat(100)}`)).toBe(sentence);
  expect(cutLine('word '.repeat(100))).toMatch(/^(?:word ){54,56}?word…$/u);
});
