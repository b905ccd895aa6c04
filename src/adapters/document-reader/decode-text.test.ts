import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { decodeText } from './decode-text.ts';

const RUSSIAN = 'Уровень воды читали каждый час, и дежурный записывал его в журнал.';

/** Encodes by asking the decoder for every byte. */
function encode(text: string, encoding: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const bytes = new Map(
    Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]),
  );
  return Uint8Array.from(text.split('').map((character) => bytes.get(character) ?? 0x3f));
}

test.each(['windows-1251', 'koi8-r'])('tells Russian in %s', (encoding) => {
  expect(decodeText(encode(RUSSIAN, encoding))).toEqual({ text: RUSSIAN, encoding, damaged: 0 });
});

test('tells Western text of single bytes', () => {
  const text = 'Die Größe der Straße überraschte den Schüler; très bien, señor.';
  expect(decodeText(encode(text, 'windows-1252'))?.text).toBe(text);
});

test.each([
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-16le', []],
  ['utf-16be', []],
] as const)('tells %s with the mark %j', (encoding, mark) => {
  const bytes = Buffer.from(RUSSIAN, 'utf16le');
  if (encoding === 'utf-16be') bytes.swap16();
  expect(decodeText(Buffer.concat([Buffer.from(mark), bytes]))).toEqual({
    text: RUSSIAN,
    encoding,
    damaged: 0,
  });
});

test('takes all valid UTF-8 as UTF-8', () => {
  const texts = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(texts, (text) => {
      expect(decodeText(Buffer.from(text, 'utf8'))?.text).toBe(text.replace(/^\ufeff/u, ''));
    }),
  );
});

test('keeps a long UTF-8 text in which one byte is broken, and counts it', () => {
  const bytes = Buffer.concat([Buffer.from(RUSSIAN), Buffer.of(0xff), Buffer.from(RUSSIAN)]);
  expect(decodeText(bytes)).toEqual({ text: `${RUSSIAN}\ufffd${RUSSIAN}`, encoding: 'utf-8', damaged: 1 });
});

test('takes bytes with many control characters for no text', () => {
  expect(decodeText(Uint8Array.from({ length: 1_000 }, (_, i) => (i * 31) % 256))).toBeUndefined();
  expect(decodeText(new Uint8Array(100))).toBeUndefined();
});

test('forgives a text a stray zero byte', () => {
  expect(decodeText(Buffer.from('All is well.\0'))?.text).toBe('All is well.\0');
});
