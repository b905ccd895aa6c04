import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONG_MESSAGE, paragraphs } from './paragraphs.ts';

const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i}`).join(' ');
const texts = (text: string) => paragraphs(text).map(({ start, end }) => text.slice(start, end));

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n\n', '\n', '# Head\n', '- item ', '1. one\n', '😀', ' ', '. '),
      fc.string({ maxLength: 300 }),
      fc.string({ unit: fc.constantFrom('x', '😀', ' '), minLength: 500, maxLength: 3_000 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('paragraphs', () => {
  it('cover every word in order, without overlap, none empty or over-long', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        let reached = 0;
        for (const { start, end } of paragraphs(text)) {
          expect(text.slice(reached, start).trim()).toBe('');
          expect(end).toBeGreaterThan(start);
          expect(end - start).toBeLessThanOrEqual(LONG_MESSAGE);
          reached = end;
        }
        expect(text.slice(reached).trim()).toBe('');
      }),
    ));

  it('keep a heading with what stands under it', () => {
    const text = `${words(130)}\n\n## Plan\n${words(60)}`;
    expect(texts(text)[1]).toMatch(/^## Plan\nword0/u);
  });

  it('keep a short list in one', () => {
    const list = '- milk\n- rye flour\n- salt';
    expect(texts(`${words(130)}\n\n${list}`)).toContain(list);
  });

  it('cut an over-long block at sentences', () => {
    const sentence = `Then ${words(40)}.`;
    const found = texts(Array.from({ length: 8 }, () => sentence).join(' '));
    expect(found.length).toBeGreaterThan(1);
    for (const part of found) expect(part.endsWith('.')).toBe(true);
  });
});
