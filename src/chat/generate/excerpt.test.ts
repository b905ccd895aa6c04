import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateTokens } from '../../memory/token-budget.ts';
import { excerpt } from './excerpt.ts';

const LONG = Array.from({ length: 60 }, (_, i) =>
  i === 40 ? 'The beehives went to the orchard.' : `Sentence number ${i} says nothing.`,
).join(' ');

test('a text that fits stays as it is', () => {
  expect(excerpt(LONG, ['beehives'], 1_000)).toBe(LONG);
});

test('a longer one is cut to the sentences round what was asked for', () => {
  const cut = excerpt(LONG, ['beehives', 'orchard'], 40);
  expect(cut).toContain('The beehives went to the orchard. Sentence number 41 says nothing.');
  expect(cut).toMatch(/^….*…$/u);
});

test('what was asked for is found far into a very long text', () => {
  const cut = excerpt(`${'It says nothing. '.repeat(5_000)}${LONG}`, ['beehives', 'orchard'], 40);
  expect(cut).toContain('The beehives went to the orchard.');
});

test('without a word that was asked for it is cut to its beginning', () => {
  expect(excerpt(LONG, [], 20)).toMatch(/^Sentence number 0 says nothing\..*…$/u);
});

test('one long sentence is cut, too, between characters', () => {
  expect(excerpt('😀'.repeat(500), [], 10)).toMatch(/^(?:😀)*…$/u);
});

test('never takes much more than it may', () => {
  fc.assert(
    fc.property(
      fc.lorem({ maxCount: 60, mode: 'sentences' }),
      fc.integer({ min: 5, max: 200 }),
      (text, most) => {
        expect(estimateTokens(excerpt(text, ['lorem', 'dolor'], most))).toBeLessThanOrEqual(most + 1);
      },
    ),
  );
});
