import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { termDictionary } from './term-dictionary.ts';

const word = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes(' '));

describe('term dictionary', () => {
  test('gives every term a number of its own and always the same', () => {
    fc.assert(
      fc.property(fc.array(fc.array(word)), (texts) => {
        const dictionary = termDictionary();
        const numbers = new Map<string, number>();
        for (const words of texts) {
          const read = dictionary.read(words.join(' '));
          expect(read.length).toBe(words.length);
          for (const [place, term] of words.entries()) {
            expect(numbers.get(term) ?? read[place]).toBe(read[place]);
            numbers.set(term, read[place] as number);
          }
        }
        expect(new Set(numbers.values()).size).toBe(numbers.size);
        for (const [term, number] of numbers) expect(dictionary.find(term)).toBe(number);
      }),
    );
  });

  test('tells 300,000 similar terms apart, also after it grew', () => {
    const dictionary = termDictionary();
    for (let i = 0; i < 300_000; i++) dictionary.read(`w${i.toString(36)} слово${i}`);
    expect(dictionary.size()).toBe(600_000);
    expect(dictionary.find('w0')).toBe(0);
    expect(dictionary.find('слово299999')).toBe(599_999);
  });

  test('knows nothing of terms it never read', () => {
    const dictionary = termDictionary();
    dictionary.read('heron river');
    expect(['lake', 'hero', 'heron river', '', ' '].map((term) => dictionary.find(term))).toEqual([
      -1, -1, -1, -1, -1,
    ]);
    expect(dictionary.size()).toBe(2);
  });

  test('overlooks spaces that separate nothing', () => {
    expect(termDictionary().read('  a  b ')).toEqual(Int32Array.of(0, 1));
    expect(termDictionary().read('')).toEqual(Int32Array.of());
  });

  test('goes on from what was saved', () => {
    const before = termDictionary();
    before.read('a b c');
    const after = termDictionary(before.saved());
    expect(after.read('c d a')).toEqual(Int32Array.of(2, 3, 0));
  });
});
