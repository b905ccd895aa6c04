import { array, assert, integer, property, string, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth, oneLine, plain, truncate, wrap } from './plain-text.ts';

test('a text cannot steer the terminal', () => {
  expect(plain('a\u001b[2Jb\u0007c\u202ed\r\ne')).toBe('a[2Jbcd\ne');
});

test('one line has no line breaks and no doubled spaces', () => {
  expect(oneLine(' a\n\n b\tc ')).toBe('a b c');
});

test('Han characters and emoji are two columns wide, a letter with its mark is one', () => {
  expect(displayWidth('猫')).toBe(2);
  expect(displayWidth('🚣')).toBe(2);
  expect(displayWidth('e\u0301')).toBe(1);
});

test('a cut text is never wider than asked', () => {
  assert(
    property(string({ unit: 'grapheme' }), integer({ min: 1, max: 40 }), (text, width) => {
      expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(Math.max(width, 1));
    }),
  );
});

test('wrapping loses no word and keeps their order', () => {
  const words = array(stringMatching(/^[a-zà-ù]{1,12}$/), { minLength: 1, maxLength: 30 });
  assert(
    property(words, integer({ min: 5, max: 40 }), (list, width) => {
      const lines = wrap(list.join(' '), width);
      expect(lines.join(' ')).toBe(list.join(' '));
      for (const line of lines) expect(line.includes(' ') ? line.length : 0).toBeLessThanOrEqual(width);
    }),
  );
});
