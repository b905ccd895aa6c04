import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentences } from './sentences.ts';

const texts = (text: string) => sentences(text).map(({ start, end }) => text.slice(start, end));

describe('sentences', () => {
  it.each([
    ['Dr. Smith met J. R. Tolkien. He left.', ['Dr. Smith met J. R. Tolkien.', 'He left.']],
    ['It costs 3.50 now. Buy!', ['It costs 3.50 now.', 'Buy!']],
    ['I said no. Then I left.', ['I said no.', 'Then I left.']],
    ['See fig. 3 and p. 12. Good.', ['See fig. 3 and p. 12.', 'Good.']],
    ['Он жил на ул. Ленина. Потом уехал.', ['Он жил на ул. Ленина.', 'Потом уехал.']],
    ['Это было в 1990 г. Потом стало лучше.', ['Это было в 1990 г.', 'Потом стало лучше.']],
    ['А. С. Пушкин писал стихи. Много.', ['А. С. Пушкин писал стихи.', 'Много.']],
    [
      'Bpk. Budi tinggal di Jl. Sudirman no. 5. Dia pulang.',
      ['Bpk. Budi tinggal di Jl. Sudirman no. 5.', 'Dia pulang.'],
    ],
    ['Il sig. Rossi è qui. Andiamo.', ['Il sig. Rossi è qui.', 'Andiamo.']],
    ['1. First thing.\n2. Second thing.', ['1. First thing.', '2. Second thing.']],
    ['# Title\n\nText here.', ['# Title', 'Text here.']],
    ['- one\n- two', ['- one', '- two']],
  ])('of "%s"', (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  it('go on over the end of a line that its width broke', () => {
    const text =
      'The committee of the northern district met in the old town hall and\nEdinburgh agreed. Fine.';
    expect(texts(text)).toHaveLength(2);
  });

  it('are trimmed, never empty, in order, without overlap, and cover every letter', () => {
    const piece = fc.constantFrom(
      'A word',
      'слово',
      '. ',
      '\n',
      '\n\n',
      '- x',
      '1. ',
      '?',
      '! ',
      'Dr. ',
      '  ',
      '…',
      '🙂',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        let reached = 0;
        for (const { start, end } of sentences(text)) {
          expect(text.slice(reached, start).trim()).toBe('');
          expect(text.slice(start, end)).toBe(text.slice(start, end).trim());
          expect(end).toBeGreaterThan(start);
          reached = end;
        }
        expect(text.slice(reached).trim()).toBe('');
      }),
    );
  });
});
