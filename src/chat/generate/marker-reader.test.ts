import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { markerReader, type Written } from './marker-reader.ts';

function readAll(pieces: readonly string[]): Written[] {
  const reader = markerReader();
  return [...pieces.flatMap((piece) => reader.read(piece)), ...reader.end()];
}

/** Texts that follow one another as one. */
function joined(written: readonly Written[]): Written[] {
  const all: Written[] = [];
  for (const one of written) {
    const last = all.at(-1);
    if (one.kind === 'text' && last?.kind === 'text')
      all[all.length - 1] = { kind: 'text', text: last.text + one.text };
    else all.push(one);
  }
  return all;
}

const markers = (text: string) =>
  readAll([text]).flatMap((one) => (one.kind === 'marker' ? [one.numbers] : []));

describe('markers', () => {
  it.each([
    ['The lease ends in May [2].', [[2]]],
    ['Ana left [1][3], then Bo [2, 4].', [[1], [3], [2, 4]]],
    ['An address [1](https://a.example) and ![2](https://b.example/x.png)', []],
    ['A list `a[1]` and\n```\nb[2]\n```\nthen [3]', [[3]]],
    ['One stray ` is no code on the next line\n[4]', [[4]]],
    ['[draft] [1234] [] [ 1 ]', []],
  ])('are found in %j', (text, found) => {
    expect(markers(text)).toEqual(found);
  });

  it('come with the blanks before them, which go when they go', () => {
    expect(readAll(['Ana left  [1].'])).toEqual([
      { kind: 'text', text: 'Ana left' },
      { kind: 'marker', blanks: '  ', numbers: [1] },
      { kind: 'text', text: '.' },
    ]);
  });
});

test('no text waits but what may be the beginning of a marker', () => {
  const reader = markerReader();
  const shown = (piece: string) =>
    reader.read(piece).map((one) => (one.kind === 'text' ? one.text : `marker ${one.numbers.join()}`));
  expect(shown('Ana left')).toEqual(['Ana left']);
  expect(shown(' [')).toEqual([]);
  expect(shown('1')).toEqual([]);
  expect(shown('] and')).toEqual(['marker 1', ' and']);
  expect(shown(' [x')).toEqual([' [x']);
});

test('the same is read wherever the stream is cut', () => {
  const part = fc.constantFrom(
    'Ana ',
    'left',
    ' [1]',
    '[2, 3]',
    '[',
    ']',
    '1',
    ',',
    '`',
    '```',
    '\n',
    '(',
    ' ',
    '[12](',
    'é😀',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 25 }), fc.array(fc.nat(60), { maxLength: 8 }), (parts, cuts) => {
      const text = parts.join('');
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted(
        (a, b) => a - b,
      );
      const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
      expect(joined(readAll(pieces))).toEqual(joined(readAll([text])));
    }),
  );
});
