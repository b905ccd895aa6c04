import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shownFilename, shownPath, tagList } from './document-names.ts';

describe('names of documents', () => {
  test.each([
    ['report.pdf', 'report.pdf'],
    ['C:\\Users\\me\\report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['folder/', 'folder'],
    ['a\u0000b\u202Egpj.exe', 'abgpj.exe'],
    ['', 'file'],
    [' \n ', 'file'],
  ])('show %j as %j', (given, shown) => {
    expect(shownFilename(given)).toBe(shown);
  });

  test('are never empty, long or unprintable, whatever comes', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.constantFrom('a', '😀', '/', '\\', '\u0000', '\u202e', '\ud83d', ' ', '.'), {
            maxLength: 400,
            size: 'max',
          })
          .map((parts) => parts.join('')),
        (name) => {
          const shown = shownFilename(name);
          expect(shown.length).toBeGreaterThan(0);
          expect(shown.length).toBeLessThanOrEqual(255);
          expect(shown.isWellFormed()).toBe(true);
          expect(shown).not.toMatch(/[/\\\p{Cc}\u202e]/u);
        },
      ),
    );
  });
});

describe('paths of documents', () => {
  test.each([
    ['/a//b/./c.txt', 'a/b/c.txt'],
    ['a\\b.txt', 'a/b.txt'],
    [' café.txt ', 'café.txt'],
  ])('show %j as %j', (given, shown) => {
    expect(shownPath(given)).toBe(shown);
  });

  test('are refused without a name or when too long', () => {
    expect(() => shownPath('/./')).toThrow(/at least one name/);
    expect(() => shownPath('x'.repeat(1_001))).toThrow(/at most 1000 characters, got 1001/);
  });
});

test('tags are each taken once, in order', () => {
  expect(tagList(' tea, ,hot,tea ,')).toEqual(['tea', 'hot']);
});
