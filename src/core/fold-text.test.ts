import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldName } from './fold-text.ts';

test.each([
  ['  José   María ', 'jose maria'],
  ['ＡＮＮ', 'ann'],
  ['Алёна', 'алена'],
  ['O’Neill', "o'neill"],
  ['Йошкар-Ола', 'йошкар-ола'],
])('%s is folded to %s', (name, folded) => {
  expect(foldName(name)).toBe(folded);
});

test('a folded name is folded to itself', () => {
  const names = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('İstanbul', 'ǅ', 'ﬀ'));
  const rule = fc.property(names, (name) => {
    expect(foldName(foldName(name))).toBe(foldName(name));
  });
  fc.assert(rule);
});
