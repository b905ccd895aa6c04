import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotable } from './quotable.ts';

/** Sentence and what it stands under. */
const quotes = (text: string, written = true) =>
  quotable(text, written).map(({ start, end, under }) => [text.slice(start, end), under]);
const shown = (text: string) => quotable(text, true).map((quote) => quote.shown);

describe('what may be quoted of a text', () => {
  it('is every sentence, with the heading above it told beside', () => {
    expect(quotes('Lease\n\n3. Rent and deposit\n\nThe rent is 640 euros. It is paid monthly.')).toEqual([
      ['The rent is 640 euros.', 'Lease 3. Rent and deposit'],
      ['It is paid monthly.', 'Lease 3. Rent and deposit'],
    ]);
  });

  it('stands under the nearest heading only', () => {
    expect(quotes('Season\n\nWe open in April.\n\n## Guides\n\nLuca is away.')).toEqual([
      ['We open in April.', 'Season'],
      ['Luca is away.', 'Guides'],
    ]);
  });

  it.each([
    ['a heading of Markdown', '# Boiler\nIt stands at 1.5 bar.'],
    ['a line in bold', '**Boiler**\nIt stands at 1.5 bar.'],
    ['an underlined line', 'Boiler\n======\nIt stands at 1.5 bar.'],
  ])('is not %s, also in a conversation', (_name, text) => {
    expect(quotes(text, false)).toEqual([['It stands at 1.5 bar.', 'Boiler']]);
  });

  it('is a short line of a conversation, or one with nothing below it', () => {
    expect(quotes('Rinca\n\nWe go there in June.', false)[0]).toEqual(['Rinca', '']);
    expect(quotes('Milk and bread\n\nEggs')).toEqual([
      ['Milk and bread', ''],
      ['Eggs', ''],
    ]);
  });

  it.each([
    'Dear Ms Wirawan,',
    'Ciao Nadia!',
    'Дорогая Надя!',
    'Yth. Ibu Nadia,',
    'With kind regards,\nElena',
  ])('is not %j', (greeting) => {
    expect(quotes(`${greeting}\n\nThe boat is ready.`, false)).toEqual([['The boat is ready.', '']]);
  });

  it('is not a greeting before what is said, but all of a greeting that says something', () => {
    expect(quotes('Hi Maria! The boat is ready.', false)).toEqual([['The boat is ready.', '']]);
    expect(quotes('Dear diary, the boat is ready.', false)).toHaveLength(1);
  });

  it('is not the head of a mail, whose words are told beside', () => {
    const head = 'From: Elena Bassi, Trieste\nTo: Nadia\nSubject: Your policy';
    const found = quotes(`${head}\n\nIt is renewed.\n\nOn 3 May 2026 Nadia wrote:\n> Is it renewed?`);
    expect(found.map(([text]) => text)).toEqual(['It is renewed.', '> Is it renewed?']);
    expect(found[0]?.[1]).toContain('Your policy');
  });
});

describe('a table', () => {
  it('of Markdown is quoted row by row, each with its columns', () => {
    const text = '| thing | where |\n| --- | --- |\n| spare key | with Zorn |\n| cat | asleep |';
    expect(quotes(text)).toEqual([
      ['| spare key | with Zorn |', 'thing where'],
      ['| cat | asleep |', 'thing where'],
    ]);
    expect(shown(text)).toEqual(['thing: spare key; where: with Zorn', 'thing: cat; where: asleep']);
  });

  it('of cells takes a first row of words for its columns', () => {
    expect(shown('Route | Distance\nSekotong – Nanggu | 4 km')).toEqual([
      'Route: Sekotong – Nanggu; Distance: 4 km',
    ]);
  });

  it('whose rows name their columns is quoted row by row', () => {
    expect(shown('tour: sunset | guests: 4\ntour: full day | guests: 8')).toEqual([
      'tour: sunset; guests: 4',
      'tour: full day; guests: 8',
    ]);
  });

  it('of one record is one quote', () => {
    expect(shown('name: Petrel\nbought: 2019')).toEqual(['name: Petrel; bought: 2019']);
  });
});

it('gives places in order that do not overlap, whatever the text', () => {
  const piece = fc.constantFrom(
    '# ',
    '|',
    ' | ',
    '\n',
    '\n\n',
    'Dear ',
    'From: a',
    'a',
    'B. ',
    '---',
    ':',
    '**',
  );
  fc.assert(
    fc.property(fc.array(piece), fc.boolean(), (pieces, written) => {
      const text = pieces.join('');
      let before = 0;
      for (const { start, end } of quotable(text, written)) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        before = end;
      }
    }),
  );
});
