import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, ExtractedDocument } from '../ports/document-reader.ts';
import { portions } from './portions.ts';

function documentOf(
  parts: readonly (readonly [kind: Block['kind'], text: string, level?: number])[],
): ExtractedDocument {
  let text = '';
  const blocks: Block[] = [];
  for (const [kind, body, level] of parts) {
    blocks.push({ kind, start: text.length, end: text.length + body.length, ...(level ? { level } : {}) });
    text += `${body}\n`;
  }
  return { text, blocks, pages: [], warnings: [] };
}

const anyDocument = fc
  .array(
    fc.tuple(
      fc.constantFrom('heading' as const, 'paragraph' as const, 'table' as const),
      fc.array(fc.constantFrom('word', '😀', 'a b', 'x\ny', 'unbrokenunbroken'), {
        minLength: 1,
        maxLength: 60,
        size: 'max',
      }),
      fc.integer({ min: 1, max: 4 }),
    ),
    { maxLength: 30, size: 'max' },
  )
  .map((parts) => documentOf(parts.map(([kind, words, level]) => [kind, words.join(' '), level])));

describe('portions', () => {
  test('follow each other without gap, within the size, and never inside a character', () => {
    fc.assert(
      fc.property(anyDocument, fc.integer({ min: 40, max: 400 }), (document, size) => {
        const parts = [...portions(document, size)];
        let text = '';
        for (const { offset, document: part } of parts) {
          expect(offset).toBe(text.length);
          expect(part.text.length).toBeLessThanOrEqual(size);
          expect(part.text.isWellFormed()).toBe(true);
          text += part.text;
        }
        expect(text).toBe(document.text);
      }),
    );
  });

  test('keep every block, cut where a portion is cut', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const texts = [...portions(document, 200)].flatMap(({ document: part }) =>
          part.blocks.map(({ start, end }) => part.text.slice(start, end)),
        );
        expect(texts.join('')).toBe(
          document.blocks.map(({ start, end }) => document.text.slice(start, end)).join(''),
        );
      }),
    );
  });

  test('begin at a heading where there is one', () => {
    const body = 'word '.repeat(20).trim();
    const document = documentOf([
      ['heading', 'One', 1],
      ['paragraph', body],
      ['heading', 'Two', 1],
      ['paragraph', body],
    ]);
    expect([...portions(document, 150)].map(({ document: part }) => part.text.slice(0, 3))).toEqual([
      'One',
      'Two',
    ]);
  });

  test('take the headings that hold with them', () => {
    const body = 'word '.repeat(60).trim();
    const document = documentOf([
      ['heading', 'Book', 1],
      ['heading', 'Old', 2],
      ['heading', 'Chapter', 2],
      ['paragraph', body],
    ]);
    const last = [...portions(document, 120)].at(-1);
    expect(last?.from.above.map(({ text }) => text)).toEqual(['Book', 'Chapter']);
  });

  test('take the columns of a table that is cut with them', () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i};apples`).join('\n');
    const [first, second] = [...portions(documentOf([['table', `number;fruit\n${rows}`]]), 100)];
    expect(first?.from.columns).toBeUndefined();
    expect(second?.from.columns).toBe('number;fruit');
  });

  test('know on which page they begin', () => {
    const document = documentOf([
      ['paragraph', 'first page '.repeat(9)],
      ['paragraph', 'second page '.repeat(9)],
    ]);
    const start = document.blocks[1]?.start ?? 0;
    const pages = [
      { number: 4, start: 0 },
      { number: 5, start: start - 5 },
    ];
    const parts = [...portions({ ...document, pages }, 110)];
    expect(parts.map(({ document: part }) => part.pages)).toEqual([
      [
        { number: 4, start: 0 },
        { number: 5, start: start - 5 },
      ],
      [{ number: 5, start: 0 }],
    ]);
  });
});
