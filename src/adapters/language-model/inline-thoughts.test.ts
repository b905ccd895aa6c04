import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineThoughts } from './inline-thoughts.ts';

/** Text and thoughts of an answer that comes in these pieces. */
function told(pieces: readonly string[]) {
  const thoughts = inlineThoughts();
  const all = [...pieces.flatMap((piece) => thoughts.hear(piece)), ...thoughts.rest()];
  const of = (kind: string) => all.map((piece) => (piece.kind === kind ? piece.text : '')).join('');
  return { text: of('text'), reasoning: of('reasoning') };
}

describe('inlineThoughts', () => {
  it.each([
    ['words alone', 'Hello <b>you</b>.', { text: 'Hello <b>you</b>.', reasoning: '' }],
    ['thoughts first', '<think>Hm, a < b.</think>\n\nHello.', { text: 'Hello.', reasoning: 'Hm, a < b.' }],
    ['space before', '\n<think>Hm.</think>Hello.', { text: 'Hello.', reasoning: 'Hm.' }],
    ['no thoughts in the marks', '<think>\n\n</think>\n\nHello.', { text: 'Hello.', reasoning: '\n\n' }],
    [
      'marks in the answer',
      'It writes <think>so</think>.',
      { text: 'It writes <think>so</think>.', reasoning: '' },
    ],
    ['thoughts without an end', '<think>Hm, </thi', { text: '', reasoning: 'Hm, </thi' }],
    ['an answer that begins like a mark', '<thin', { text: '<thin', reasoning: '' }],
    ['a second mark', '<think>a</think>b<think>c</think>', { text: 'b<think>c</think>', reasoning: 'a' }],
  ])('tells thoughts from words: %s', (_, answer, parts) => {
    expect(told([answer])).toEqual(parts);
  });

  it('tells them the same way in whatever pieces they come', () => {
    const bits = fc.constantFrom('<think>', '</think>', '<', '/', 'think', '>', ' ', '\n', 'a', 'two words');
    fc.assert(
      fc.property(fc.array(bits), fc.array(fc.nat(60)), (parts, cuts) => {
        const answer = parts.join('');
        const places = [...new Set([0, ...cuts.filter((cut) => cut < answer.length), answer.length])].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((place, index) => answer.slice(places[index], place));
        expect(told(pieces)).toEqual(told([answer]));
      }),
      { numRuns: 500 },
    );
  });
});
