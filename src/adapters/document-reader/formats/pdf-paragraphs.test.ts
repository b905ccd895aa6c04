import { expect, test } from 'vitest';
import { linesOf, type PdfLine, type PdfTextItem } from './pdf-lines.ts';
import { pdfParagraphs } from './pdf-paragraphs.ts';
import { withoutRunningLines } from './pdf-running-lines.ts';

const BODY_WIDTH = 400;

/** A full line of the body unless told otherwise. */
function line(text: string, y: number, rest: Partial<PdfLine> = {}): PdfLine {
  return { text, x: 50, right: 50 + BODY_WIDTH, y, size: 10, cells: 1, ...rest };
}

function item(str: string, x: number, y: number, width: number): PdfTextItem {
  return { str, transform: [10, 0, 0, 10, x, y], width, hasEOL: false };
}

function texts(pages: readonly (readonly PdfLine[])[]): string[] {
  return pdfParagraphs(pages).map(({ kind, text, level }) => `${kind}${level ?? ''}: ${text}`);
}

test('runs on one baseline are a line, words apart where the page shows a gap', () => {
  const lines = linesOf([item('Hel', 50, 700, 15), item('lo', 65, 700, 10), item('there', 79, 700, 25)]);
  expect(lines.map(({ text }) => text)).toEqual(['Hello there']);
});

test('a drawn space as wide as a column sets cells apart', () => {
  const lines = linesOf([item('Monday', 50, 700, 40), item(' ', 90, 700, 60), item('1.25', 150, 700, 20)]);
  expect(lines).toMatchObject([{ text: 'Monday | 1.25', cells: 2 }]);
});

test('a raised footnote mark stays in its line', () => {
  const mark = { ...item('1', 100, 704, 3), transform: [6, 0, 0, 6, 100, 704] };
  expect(linesOf([item('complete.', 50, 700, 50), mark]).map(({ text }) => text)).toEqual(['complete.1']);
});

test('lines close to each other are a paragraph, a wider gap begins another', () => {
  const page = [line('One begins', 700), line('and goes on.', 688), line('Two stands apart.', 664)];
  expect(texts([page])).toEqual(['paragraph: One begins and goes on.', 'paragraph: Two stands apart.']);
});

test('larger text is a heading, the largest of the first level', () => {
  const page = [
    line('Title', 740, { size: 20 }),
    line('Section', 710, { size: 14 }),
    line('Body text of this document', 690),
    line('that is much longer than its headings.', 678),
  ];
  expect(texts([page]).slice(0, 2)).toEqual(['heading1: Title', 'heading2: Section']);
});

test('a word cut at the end of a line is joined, one that is written with a hyphen keeps it', () => {
  const page = [
    line('The mea-', 700),
    line('surement was well-', 688),
    line('known, a well-known one.', 676),
  ];
  expect(texts([page])).toEqual(['paragraph: The measurement was well-known, a well-known one.']);
});

test('a sentence that a page cuts goes on in the same paragraph', () => {
  const paragraphs = pdfParagraphs([[line('The level was', 100)], [line('higher than before.', 700)]]);
  expect(paragraphs.map(({ page, continues }) => [page, continues])).toEqual([
    [1, false],
    [2, true],
  ]);
});

test('a sentence that ended on its page does not go on', () => {
  const paragraphs = pdfParagraphs([[line('The level was high.', 100)], [line('then it fell.', 700)]]);
  expect(paragraphs.map(({ continues }) => continues)).toEqual([false, false]);
});

test('rows of cells are a table, items a list', () => {
  const page = [
    line('Day | Level', 700, { cells: 2 }),
    line('Monday | 1.25', 680, { cells: 2 }),
    line('• one', 640),
    line('• two', 628),
  ];
  expect(texts([page])).toEqual(['table: Day | Level\nMonday | 1.25', 'list: • one\n• two']);
});

test('heads and feet that come back on most pages are left out, with their page numbers', () => {
  const pages = [1, 2, 3, 4].map((number) => [
    line('Yearly report', 800),
    line(`Text of page ${['one', 'two', 'three', 'four'][number - 1]}.`, 700),
    line(`Page ${number} of 4`, 40),
  ]);
  expect(withoutRunningLines(pages).map((lines) => lines.map(({ text }) => text))).toEqual([
    ['Text of page one.'],
    ['Text of page two.'],
    ['Text of page three.'],
    ['Text of page four.'],
  ]);
});

test('a first line that comes back but does not stand apart is text', () => {
  const pages = [1, 2, 3].map(() => [line('And so on.', 700), line('It went', 688), line('like this.', 676)]);
  expect(withoutRunningLines(pages)).toEqual(pages);
});
