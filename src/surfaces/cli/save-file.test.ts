import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { localName } from './save-file.ts';

test('the name a client chose is only a name here: no folder of it is kept', () => {
  expect(
    ['../../etc/passwd', 'C:\\Users\\me\\a.pdf', '/abs/b.txt', '..', '', 'a\u001b[2J.pdf'].map(localName),
  ).toEqual(['passwd', 'a.pdf', 'b.txt', 'original', 'original', 'a[2J.pdf']);
});

test('no name leads out of the working folder', () => {
  assert(
    property(string({ unit: 'binary' }), (name) => {
      expect(localName(name)).not.toMatch(/[/\\\0]|^\.{0,2}$/);
    }),
  );
});
