import { describe, expect, it, test } from 'vitest';
import { said, written } from '../../../test/fakes/recalled.ts';
import { citing } from './citing.ts';
import { recalledEntries } from './recalled-entries.ts';

const lease = written('The rent is due monthly. The lease ends on 31 March 2028. It is renewed by letter.');
const trip = said('We leave for Bali at nine on Friday.', { author: 'Maria' });
const { entries } = recalledEntries([lease, trip], 2_000);

/** Everything of an answer, told in pieces of two characters. */
function cited(answer: string) {
  const cites = citing(entries, 'en');
  const pieces = answer.match(/[\s\S]{1,2}/gu) ?? [];
  const shown = pieces.map((piece) => cites.read(piece)).join('') + cites.end();
  return { shown, citations: cites.citations(), fates: cites.fates() };
}

test('a supported marker stays, and quotes the passage that says most of it', () => {
  const { shown, citations } = cited('Your lease ends on 31 March 2028 [1].');
  expect(shown).toBe('Your lease ends on 31 March 2028 [1].');
  expect(citations).toEqual([
    {
      marker: 1,
      itemId: lease.id,
      quote: 'The lease ends on 31 March 2028.',
      place: { ...lease.place, start: 25, end: 57 },
    },
  ]);
});

describe('a marker goes from the text and is counted', () => {
  it.each([
    [
      'when nothing recalled has its number',
      'Maria leaves at nine [7].',
      'Maria leaves at nine.',
      'unknown-marker',
    ],
    [
      'when the words of its item say something else',
      'The moon is bright [1].',
      'The moon is bright.',
      'unsupported',
    ],
    ['when the item has another number', 'Maria leaves at 10 [2].', 'Maria leaves at 10.', 'unsupported'],
  ])('%s', (_, answer, expected, reason) => {
    const { shown, citations, fates } = cited(answer);
    expect([shown, citations]).toEqual([expected, []]);
    expect(fates).toMatchObject([{ kept: false, reason }]);
  });
});

test('of markers together only the supported stay', () => {
  const { shown, fates } = cited('Maria leaves for Bali on Friday [1, 2][9].');
  expect(shown).toBe('Maria leaves for Bali on Friday [2].');
  expect(fates.map(({ marker, kept }) => [marker, kept])).toEqual([
    [1, false],
    [2, true],
    [9, false],
  ]);
});

test('an item cited twice is one citation', () => {
  expect(cited('The rent is due monthly [1]. The lease is renewed by letter [1].').citations).toHaveLength(1);
});

test('a passage far into a long item is quoted at its place', () => {
  const long = said(
    `${'It says nothing. '.repeat(2_000)}We leave for Bali at nine. ${'No more. '.repeat(500)}`,
    {},
    {
      matched: ['Bali'],
    },
  );
  const cites = citing(recalledEntries([long], 300).entries, 'en');
  cites.read('You leave for Bali at nine [1].');
  cites.end();
  const [cited] = cites.citations();
  expect(cited?.quote).toBe('We leave for Bali at nine.');
  expect(long.text.slice(cited?.place.start, cited?.place.end)).toBe(cited?.quote);
});

test('an item without a sentence to quote is quoted from its beginning', () => {
  const question = said('Do we leave for Bali at nine?');
  const cites = citing(recalledEntries([question], 1_000).entries, 'en');
  cites.read('You asked whether you leave for Bali at nine [1].');
  expect(cites.citations()).toMatchObject([{ quote: question.text, place: question.place }]);
});

test('what is no marker of ours stays text', () => {
  const answer = 'See ![x](https://a.example/x.png), <b>bold</b> and `list[1]`.';
  expect(cited(answer)).toEqual({ shown: answer, citations: [], fates: [] });
});
