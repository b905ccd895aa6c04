import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Collection, type WordIndex, wordIndex } from './word-index.ts';

const BM25 = { k1: 1.5, b: 0.9 };
const WORDS = ['a', 'b', 'c', 'd', 'e'] as const;
const query = WORDS.map((term) => ({ term, weight: 1 }));
const texts = fc.array(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((words) => words.join(' ')),
  {
    minLength: 1,
    maxLength: 20,
  },
);

const collectionOf = (doc: number): Collection => (doc % 3 === 0 ? 0 : 1);
const scoresOf = (index: WordIndex, documents: number) => [...index.score(query).subarray(0, documents)];

/** Adds every text and then removes every other document from the end on. */
function filled(documents: readonly string[], between: (index: WordIndex) => void): WordIndex {
  const index = wordIndex(BM25);
  for (const [doc, terms] of documents.entries()) {
    index.add(doc, terms, collectionOf(doc));
    between(index);
  }
  for (let doc = documents.length - 1; doc >= 0; doc -= 2) {
    index.remove(doc, documents[doc] as string);
    between(index);
  }
  return index;
}

describe('word index', () => {
  test('scores the same whether its lists are compact or loose', () => {
    fc.assert(
      fc.property(texts, (documents) => {
        const loose = filled(documents, () => {});
        const compact = filled(documents, (index) => index.compact());
        expect(scoresOf(compact, documents.length)).toEqual(scoresOf(loose, documents.length));
      }),
    );
  });

  test('scores the same after it was saved and restored, and can be added to', () => {
    fc.assert(
      fc.property(texts, (documents) => {
        const index = filled(documents, () => {});
        const restored = wordIndex(BM25, structuredClone(index.saved()));
        for (const one of [index, restored]) one.add(documents.length, 'a b new', 1);
        const size = documents.length + 1;
        expect(scoresOf(restored, size)).toEqual(scoresOf(index, size));
      }),
    );
  });

  test('gives removed documents no score', () => {
    const index = filled(['a', 'a', 'a', 'a'], () => {});
    expect(scoresOf(index, 4).map((score) => score > 0)).toEqual([true, false, true, false]);
  });

  test('counts a moved document where it went', () => {
    const moved = wordIndex(BM25);
    const placed = wordIndex(BM25);
    for (const [doc, terms] of ['a a b', 'a', 'b c', 'a c'].entries()) {
      moved.add(doc, terms, collectionOf(doc));
      placed.add(doc, terms, doc === 0 ? 1 : collectionOf(doc));
    }
    moved.move(0, 'a a b', 1);
    expect(scoresOf(moved, 4)).toEqual(scoresOf(placed, 4));
  });

  test('counts a term in one document 255 times and no further', () => {
    const index = wordIndex({ k1: 100, b: 0 });
    for (const [doc, count] of [254, 255, 256, 1_000].entries()) index.add(doc, 'a '.repeat(count), 0);
    const [below = 0, at, above, far] = scoresOf(index, 4);
    expect(at).toBeGreaterThan(below);
    expect([above, far]).toEqual([at, at]);
  });

  test('is right after so much was added that lists are merged on the way', () => {
    const index = wordIndex(BM25);
    const documents = Array.from({ length: 20_000 }, (_, doc) => `a w${doc} x${doc % 100} y${doc % 7}`);
    for (const [doc, terms] of documents.entries()) {
      index.add(doc, terms, 1);
      index.compactIfLarge();
    }
    const found = index.score([{ term: 'x42', weight: 1 }]);
    const matching = documents.map((_, doc) => doc).filter((doc) => (found[doc] ?? 0) > 0);
    expect(matching).toEqual(documents.map((_, doc) => doc).filter((doc) => doc % 100 === 42));
  });
});
