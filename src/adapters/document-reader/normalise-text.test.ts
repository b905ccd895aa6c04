import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { normaliseText } from './normalise-text.ts';

test('leaves nothing but clean text, and a clean text as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const clean = normaliseText(text);
      expect(clean).toBe(clean.toWellFormed().normalize('NFC'));
      expect(clean).not.toMatch(/(?![\n\t])\p{Cc}|\ufeff/u);
      expect(normaliseText(clean)).toBe(clean);
    }),
  );
});

test('makes one line end of every kind of line end', () => {
  expect(normaliseText('a\r\nb\rc\u2028d\u0085e')).toBe('a\nb\nc\nd\ne');
});

test('composes letters and their marks', () => {
  expect(normaliseText('e\u0301 и\u0306')).toBe('é й');
});

test('joins a word at its soft hyphens', () => {
  expect(normaliseText('hy\u00adphen')).toBe('hyphen');
});

test('puts the replacement character where half a pair was', () => {
  expect(normaliseText('a\ud83db')).toBe('a\ufffdb');
});
