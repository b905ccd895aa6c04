import { expect, test } from 'vitest';
import { tableDelimiter, textFormat } from './text-format.ts';

const LETTER =
  'Dear Anna, thank you for the parcel, it came on Monday.\nWe liked the jam, really.\nYours, Ole\n';

test.each([
  ['html', 'x.txt', '<!DOCTYPE html><html><body>Hello</body></html>'],
  ['html', 'x', '<!-- saved -->\n<div><p>One</p><p>Two</p></div>'],
  ['json', 'x.txt', ' {"a": [1, 2]}'],
  ['jsonl', 'x.json', '{"a":1}\n{"a":2}\n'],
  ['csv', 'x.txt', 'a,b,c\n1,2,3\n4,5,6\n'],
  ['csv', 'x', 'name\tage\nAnna\t3\nOle\t4\n'],
  ['markdown', 'x', '# Title\n\nA [link](https://example.org) and **bold**.'],
  ['plain', 'x', LETTER],
] as const)('takes for %s what is written like it, whatever the name: %s', (format, filename, text) => {
  expect(textFormat(text, filename, true)).toBe(format);
});

test.each([
  ['plain', 'x.json', 'not { json'],
  ['plain', 'x.html', 'no tags here'],
  ['plain', 'x.csv', 'one line without any delimiter'],
  ['plain', 'x.md.txt', '# Title\n\n**bold** words'],
  ['markdown', 'x.md', LETTER],
  ['markdown', 'x.md', '<div>\n\n# Title\n\n</div>'],
] as const)('lets the name decide only what the content leaves open: %s for %s', (format, filename, text) => {
  expect(textFormat(text, filename, true)).toBe(format);
});

test('tells JSON by its beginning when its end is out of sight', () => {
  const start = '[\n  {"role": "user", "content": "Hello';
  expect(textFormat(start, 'x.txt', false)).toBe('json');
  expect(textFormat('[1] See the list of references', 'x.txt', false)).toBe('plain');
  expect(textFormat('[[Some page]] of a wiki', 'x.txt', false)).toBe('plain');
});

test('does not take a table in Markdown for CSV', () => {
  expect(textFormat('| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n', 'x', true)).not.toBe('csv');
});

test('tells the delimiter that cuts every record into as many cells', () => {
  expect(tableDelimiter('a;b\n"1,5;x";2\n3,5;4\n')).toEqual({ delimiter: ';', columns: 2, rows: 3 });
  expect(tableDelimiter('a,b\n1\n')).toBeUndefined();
});
