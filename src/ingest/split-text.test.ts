import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, BlockKind, ExtractedDocument } from '../ports/document-reader.ts';
import { CHUNK_SIZES } from './choose-cuts.ts';
import { splitText } from './split-text.ts';

const tokens = (text: string) => Math.ceil(text.length / 4);

function sentences(text: string) {
  return [...text.matchAll(/[^.!?\s][^.!?]*[.!?]*/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

const split = (document: ExtractedDocument) => splitText(document, { tokens, sentences });

function documentOf(
  parts: readonly (readonly [kind: BlockKind, text: string, level?: number])[],
): ExtractedDocument {
  let text = '';
  const blocks: Block[] = [];
  for (const [kind, body, level] of parts) {
    blocks.push({ kind, start: text.length, end: text.length + body.length, ...(level ? { level } : {}) });
    text += `${body}\n\n`;
  }
  return { text, blocks, pages: [], warnings: [] };
}

const plain = (text: string): ExtractedDocument => ({ text, blocks: [], pages: [], warnings: [] });
const textsOf = (document: ExtractedDocument) =>
  split(document).map(({ start, end }) => document.text.slice(start, end));
const prose = (topic: string, count: number) =>
  Array.from({ length: count }, (_, i) => `The ${topic} number ${i} has its own ${topic} story.`).join(' ');

const KINDS: readonly BlockKind[] = ['heading', 'paragraph', 'list', 'table', 'code', 'turn', 'quote'];
const PIECES = [
  'word ',
  'Satz. ',
  'вопрос? ',
  '\n',
  '\n\n',
  ' ',
  '漢字。',
  '😀',
  '👩‍👩‍👧',
  'unbroken'.repeat(9),
  '| a | b |\n',
  '7,5; ',
];
const anyText = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 60 })), {
    maxLength: 40,
    size: 'max',
  })
  .map((runs) => runs.map(([piece, times]) => piece.repeat(times)).join(''));
/** The offset itself, or the one before when it is inside a surrogate pair. */
const wholeCharacter = (text: string, offset: number) =>
  /[\udc00-\udfff]/.test(text.charAt(offset)) ? offset - 1 : offset;

const anyDocument = fc
  .record({
    text: anyText,
    cuts: fc.array(
      fc.tuple(fc.nat(9_000), fc.nat(3_000), fc.constantFrom(...KINDS), fc.integer({ min: 1, max: 6 })),
      {
        maxLength: 12,
        size: 'max',
      },
    ),
    pages: fc.uniqueArray(fc.nat(9_000), { maxLength: 5 }),
  })
  .map(({ text, cuts, pages }): ExtractedDocument => {
    let covered = 0;
    const blocks: Block[] = [];
    for (const [start, length, kind, level] of cuts.sort((a, b) => a[0] - b[0])) {
      const from = wholeCharacter(text, Math.max(start, covered));
      const end = wholeCharacter(text, Math.min(from + length, text.length));
      if (end > from) blocks.push({ kind, start: from, end, level });
      covered = Math.max(covered, end);
    }
    const starts = [0, ...pages.filter((start) => start > 0).sort((a, b) => a - b)];
    return {
      text,
      blocks,
      pages: starts.map((start, index) => ({ number: index + 1, start })),
      warnings: [],
    };
  });

describe('splitting', () => {
  test('covers every text whole, without overlap', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const whole = document.text.trim() === '' ? '' : document.text;
        expect(textsOf(document).join('')).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });

  test('never makes a chunk above the budget', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        for (const text of textsOf(document)) expect(tokens(text)).toBeLessThanOrEqual(CHUNK_SIZES.max);
      }),
    );
  });

  test('never cuts a character in two', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        for (const text of textsOf(document)) expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  test('gives each chunk the page of its first word', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        for (const { start, end, page } of split(document)) {
          const word = start + document.text.slice(start, end).search(/\S/);
          expect(page).toBe(document.pages.findLast((begin) => begin.start <= word)?.number);
        }
      }),
    );
  });

  test('begins a chunk at a heading and says the path of headings', () => {
    const document = documentOf([
      ['heading', 'Handbook', 1],
      ['heading', 'Travel', 2],
      ['paragraph', prose('train', 15)],
      ['heading', 'Meals', 2],
      ['paragraph', prose('kitchen', 15)],
    ]);
    const chunks = split(document);
    expect(chunks.map(({ headings }) => headings)).toEqual([['Handbook'], ['Handbook', 'Meals']]);
    expect(textsOf(document)[1]).toMatch(/^Meals/);
  });

  test('never leaves a heading at the end of a chunk', () => {
    const document = documentOf(
      Array.from({ length: 9 }, (_, i) => [
        ['heading', `Part ${i}`, 2] as const,
        ['paragraph', prose('apple', 5 + i * 3)] as const,
      ]).flat(),
    );
    for (const text of textsOf(document)) expect(text.trim()).not.toMatch(/\n\nPart \d$/);
  });

  test('joins sections too short to stand alone', () => {
    const document = documentOf(
      Array.from({ length: 6 }, (_, i) => [
        ['heading', `Point ${i}`, 2] as const,
        ['paragraph', 'Short and sweet.'] as const,
      ]).flat(),
    );
    expect(split(document)).toHaveLength(1);
  });

  test('leaves no crumb at the end of a long text', () => {
    for (let count = 20; count < 60; count++) {
      const sizes = textsOf(plain(prose('river', count))).map(tokens);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(CHUNK_SIZES.min);
    }
  });

  test('cuts a table at rows and names its columns in the chunks that go on', () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `| item ${i} | ${i * 7} | in stock at warehouse ${i % 3} |`,
    );
    const document = documentOf([['table', ['| name | price | place |', ...rows].join('\n')]]);
    const chunks = split(document);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.map(({ columns }) => columns)).toEqual([
      undefined,
      ...chunks.slice(1).map(() => '| name | price | place |'),
    ]);
    for (const text of textsOf(document)) expect(text).toMatch(/^\| (name|item)/);
  });

  test('keeps code that fits in one chunk', () => {
    const code = Array.from({ length: 20 }, (_, i) => `const value${i} = compute(${i});`).join('\n');
    const document = documentOf([
      ['paragraph', prose('compiler', 12)],
      ['code', code],
      ['paragraph', prose('garden', 12)],
    ]);
    expect(textsOf(document).some((text) => text.includes(code))).toBe(true);
  });

  test.each([2, 8])('keeps slides and sheets apart, of %i sentences too', (count) => {
    const document = documentOf(
      ['cat', 'dog', 'bird'].flatMap((topic) => [
        ['heading', `About a ${topic}`, 1] as const,
        ['paragraph', prose(topic, count)] as const,
      ]),
    );
    const headings = document.blocks.filter(({ kind }) => kind === 'heading');
    const pages = headings.map(({ start }, i) => ({ number: i + 1, start, label: `Slide ${i + 1}` }));
    const chunks = split({ ...document, pages });
    expect(chunks.map(({ page, pageLabel }) => [page, pageLabel])).toEqual([
      [1, 'Slide 1'],
      [2, 'Slide 2'],
      [3, 'Slide 3'],
    ]);
  });

  test('never lets two slides of a few words share a chunk, so a citation names the right one', () => {
    const words = ['One river.', 'One river has two banks and a ferry between them.', 'One boat.', 'One.'];
    const document = documentOf(words.map((text) => ['paragraph', text] as const));
    const pages = document.blocks.map(({ start }, i) => ({ number: i + 1, start, label: `Slide ${i + 1}` }));
    expect(split({ ...document, pages }).map(({ page }) => page)).toEqual([1, 2, 3, 4]);
  });

  test('cuts running text where its words change', () => {
    const text = `${prose('volcano', 11)} ${prose('orchestra', 17)} ${prose('bicycle', 14)}`;
    expect(textsOf(plain(text)).map((chunk) => chunk.slice(0, 11).trim())).toEqual([
      'The volcano',
      'The orchest',
      'The bicycle',
    ]);
  });

  test('takes time that grows linearly with a text without any sentence end', () => {
    const wall = 'ab'.repeat(200_000);
    const started = performance.now();
    expect(textsOf(plain(wall)).join('')).toBe(wall);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
