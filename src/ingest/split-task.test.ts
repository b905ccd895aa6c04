import { describe, expect, test } from 'vitest';
import { queryTerms } from '../memory/analyser.ts';
import type { ExtractedDocument } from '../ports/document-reader.ts';
import { portions } from './portions.ts';
import { type SplitInput, splitTask } from './split-task.ts';

function run(
  document: Partial<ExtractedDocument> & { readonly text: string },
  about: Partial<SplitInput> = {},
) {
  const whole = { blocks: [], pages: [], warnings: [], ...document };
  return [...portions(whole, 4_000)].flatMap((portion) =>
    splitTask.run({ portion, filename: 'notes.txt', ...about }),
  );
}

const termOf = (word: string, language = 'en') => queryTerms(word, language)[0]?.term ?? '';
const english = 'The garden needs water every morning because the sun is strong. '.repeat(40);
const russian = 'Сад нужно поливать каждое утро, потому что солнце очень сильное. '.repeat(40);

describe('the split task', () => {
  test('gives offsets into the whole document, part after part', () => {
    const text = english.repeat(5);
    const chunks = run({ text });
    expect(chunks.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
    expect(chunks[0]?.start).toBe(0);
  });

  test('indexes file name, title, headings and sheet name with every chunk', () => {
    const text = `Results\n${english}`;
    const chunks = run(
      {
        text,
        blocks: [{ kind: 'heading', start: 0, end: 7, level: 1 }],
        pages: [{ number: 1, start: 0, label: 'Quarter' }],
      },
      { filename: 'harvest-2024.xlsx', title: 'Annual report' },
    );
    for (const { terms, heading } of chunks) {
      expect(heading).toBe('Annual report › Quarter › Results');
      expect(terms.split(' ')).toEqual(
        expect.arrayContaining(['harvest', 'annual', 'quarter', 'results'].map((word) => termOf(word))),
      );
    }
  });

  test('does not say the same heading twice', () => {
    const [chunk] = run(
      { text: 'Tea\ngrows', blocks: [{ kind: 'heading', start: 0, end: 3 }] },
      { title: 'Tea' },
    );
    expect(chunk?.heading).toBe('Tea');
  });

  test('indexes the columns with the rows of a table that goes on', () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${i};apple;${i * 3}`).join('\n');
    const text = `number;fruit;weight\n${rows}`;
    const chunks = run({ text, blocks: [{ kind: 'table', start: 0, end: text.length }] });
    expect(chunks.length).toBeGreaterThan(4);
    for (const { terms } of chunks) expect(terms.split(' ')).toContain(termOf('weight'));
  });

  test('tells the language of each stretch', () => {
    const chunks = run({ text: `${english.repeat(5)}\n\n${russian.repeat(5)}` }, { language: 'en' });
    expect([chunks[0]?.language, chunks.at(-1)?.language]).toEqual(['en', 'ru']);
    expect(chunks.at(-1)?.terms.split(' ')).toContain(termOf('поливать', 'ru'));
  });

  test.each([
    ['Where is the key?', true],
    ['«Где ключ?»', true],
    ['See example.org/?page=2 for more.', false],
  ])('tells whether %s asks', (text, asks) => {
    expect(run({ text })[0]?.asks).toBe(asks);
  });
});
