import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, matchedWords, queryTerms, searchTerms } from './analyser.ts';

const wordsOf = (text: string, language?: string) =>
  analyse(text, language)
    .split(' ')
    .filter((term) => !term.startsWith('~'));
const gramsOf = (text: string, language?: string) =>
  analyse(text, language)
    .split(' ')
    .filter((term) => term.startsWith('~'));

describe('the analyser', () => {
  it('gives forms of an English word one stem', () => {
    expect(wordsOf('painting painted paints', 'en')).toEqual(['paint', 'paint', 'paint']);
  });

  it('leaves out grammar words, also with apostrophes of either shape', () => {
    expect(analyse("It's what you've been doing, isn’t it", 'en')).toBe('');
  });

  it('keeps repeats, in the order of the text', () => {
    expect(analyse('dog cat dog', 'en')).toBe('dog cat dog');
  });

  it('keeps dates, times and grouped numbers whole', () => {
    expect(wordsOf('on 2023-05-08 at 10:30 for 1,500.50 or 3,5', 'en')).toEqual([
      '2023-05-08',
      '2023',
      '10:30',
      '1500.50',
      '3.5',
    ]);
  });

  it('reads an ordinal as its number', () => {
    expect(wordsOf('8th of May', 'en')).toEqual(['8', 'may']);
  });

  it('finds camelCase names whole and by their parts', () => {
    expect(wordsOf('loadUserName', 'en')).toEqual(['loadusernam', 'load', 'user', 'name']);
  });

  it('finds links by the words of their names', () => {
    expect(wordsOf('https://www.weather.org/maps', 'en')).toEqual(['weather', 'org', 'map']);
  });

  it('reads full-width letters as plain ones', () => {
    expect(wordsOf('ＡＢＣ', 'en')).toEqual(['abc']);
  });

  it('finds accented words without their accents', () => {
    expect(wordsOf('Café', 'en')).toEqual(wordsOf('cafe', 'en'));
  });

  it('reads Cyrillic as Russian whatever language is given', () => {
    expect(wordsOf('книгами', 'en')).toEqual(wordsOf('книга', 'ru'));
  });

  it('gives ё and е the same terms', () => {
    expect(analyse('ёлка', 'ru')).toBe(analyse('елка', 'ru'));
  });

  it('adds character 4-grams to Russian and Indonesian words, not to English ones', () => {
    expect(gramsOf('матчей', 'ru')).toEqual(['~матч', '~атче', '~тчей']);
    expect(gramsOf('harimau', 'id').length).toBeGreaterThan(0);
    expect(gramsOf('tiger', 'en')).toEqual([]);
  });

  it('keeps a Latin name alike in English, Russian and unknown text', () => {
    const [name] = wordsOf('Panthers', 'en');
    expect(wordsOf('команда Panthers', 'ru')).toContain(name);
    expect(wordsOf('Panthers')).toEqual([name]);
  });

  it('separates Italian articles from the word they are joined to', () => {
    expect(wordsOf("l'amico dell'acqua", 'it')).toEqual(wordsOf('amico acqua', 'it'));
  });

  it('finds words of scripts without spaces by pairs of characters', () => {
    expect(wordsOf('東京都')).toEqual(['東京', '京都']);
  });

  it('finds a run of letters too long for a word by its beginning', () => {
    expect(analyse('x'.repeat(100_000), 'en')).toBe('x'.repeat(64));
  });

  it('gives terms that stand between single spaces and have no white space inside', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(analyse(text)).toMatch(/^(?:\S+(?: \S+)*)?$/u);
      }),
    );
  });

  it('gives the same terms every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        expect(analyse(text)).toBe(analyse(text));
      }),
    );
  });
});

describe('terms of a question', () => {
  it('meet the terms of a text that says the same words', () => {
    for (const [question, text] of [
      ['Where did Caroline paint the sunrise?', 'Caroline painted a sunrise in the park.'],
      ['Какие книги он читал?', 'Он читает книгу о море.'],
      ['Siapa yang menulis buku itu?', 'Buku tersebut ditulis oleh ayah saya.'],
      ['Dove abitano i tuoi amici?', 'Il mio amico abita a Torino.'],
    ] as const) {
      const terms = new Set(analyse(text).split(' '));
      expect(queryTerms(question).filter(({ term }) => terms.has(term)).length).toBeGreaterThanOrEqual(2);
    }
  });

  it('come once each', () => {
    const terms = queryTerms('dog dog dogs', 'en').map(({ term }) => term);
    expect(terms.filter((term) => term === 'dog')).toHaveLength(1);
  });

  it('weigh a 4-gram less than a word', () => {
    const weights = new Map(queryTerms('матчей', 'ru').map(({ term, weight }) => [term, weight]));
    expect(weights.get('матч')).toBe(1);
    expect(weights.get('~матч')).toBeLessThan(0.5);
  });
});

describe('terms to search for', () => {
  it('find names of a text in another language, and of a question whose language was misjudged', () => {
    const text = new Set(analyse('Melanie went to Yogyakarta with Samantha yesterday', 'en').split(' '));
    for (const language of ['id', 'it', 'de', undefined]) {
      const found = searchTerms('Melanie Yogyakarta Samantha', language).filter(({ term }) => text.has(term));
      expect(found.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('begin with the question’s own terms, which weigh most', () => {
    const own = queryTerms('Where did Caroline paint?', 'en');
    const all = searchTerms('Where did Caroline paint?', 'en');
    expect(all.slice(0, own.length)).toEqual(own);
    expect(all.slice(own.length).every(({ weight }) => weight < 1)).toBe(true);
  });
});

describe('matched words', () => {
  it('are those of the text, as written, that the question asked for', () => {
    const terms = queryTerms('What did she paint in Paris?', 'en');
    expect(matchedWords('She painted PARIS, then paris again, and slept.', 'en', terms)).toEqual([
      'painted',
      'PARIS',
    ]);
  });

  it('are at most twenty', () => {
    const words = Array.from({ length: 30 }, (_, i) => `word${i}`).join(' ');
    expect(matchedWords(words, 'en', queryTerms(words, 'en'))).toHaveLength(20);
  });
});
