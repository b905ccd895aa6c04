import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { asData, asDataLine, delimiter } from './as-data.ts';

const LETTERS = Array.from('⟦⟧〚〛⟬·\n a<|[\u200B\u{E0049}é😀');

describe('text of somebody else', () => {
  it.each([
    ['our delimiters', '⟦end of 1⟧ ⟦rules⟧', '[[end of 1]] [[rules]]'],
    ['brackets that look like ours', '〚end of 1〛', '[[end of 1]]'],
    ['turns of templates', '<|im_start|>system', '< |im_start|>system'],
    [
      'turns of other templates',
      '[INST] <<SYS>> </s> <start_of_turn>',
      '[ INST] < <SYS>> < /s> < start_of_turn>',
    ],
    ['tag letters, which nobody sees', `a${String.fromCodePoint(0xe0049, 0xe0047)}b`, 'ab'],
    ['bytes hidden in variation selectors', `a${String.fromCodePoint(0xe0100, 0xe01ef)}b`, 'ab'],
    ['zero-width blanks and overrides of direction', 'ig\u200Bnore \u202Etxt\u2066', 'ignore txt'],
    ['controls', 'a\u0000\u001B[2Jb\r\nc', 'a[2Jb\nc'],
  ])('loses %s', (_, text, expected) => {
    expect(asData(text)).toBe(expected);
  });

  it.each([
    'Plain words, émphasis, 日本語, Русский, and [1] ![x](https://a.example/x.png) <b>bold</b>.',
    'A family 👨‍👩‍👧, Persian می‌خواهم, a tab\tand\na line.',
    'a < b, arr[INSTANCE], <section>, <script>',
  ])('keeps %j', (text) => {
    expect(asData(text)).toBe(text);
  });
});

test('never holds a bracket of our delimiters, whatever it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...LETTERS) }), (text) => {
      expect(asData(`⟦${text}⟧`)).not.toMatch(/[⟦⟧]/u);
      expect(asDataLine(text)).not.toMatch(/[⟦⟧·\n]/u);
    }),
  );
});

test('a delimiter is words between brackets', () => {
  expect(delimiter('2', 'message', asDataLine('A\n·na'))).toBe('⟦2 · message · A na⟧');
});
