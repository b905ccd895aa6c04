import { expect, it } from 'vitest';
import { stemIndonesian } from './stem-indonesian.ts';

it.each([
  ['membaca', 'baca'],
  ['dibacakan', 'baca'],
  ['pertanyaan', 'tanya'],
  ['rumahnya', 'rumah'],
  ['makanan', 'makan'],
  ['penerbangan', 'erbang'],
  ['menyanyi', 'sanyi'],
  ['belajar', 'ajar'],
  ['siapakah', 'siapa'],
])('%s has the stem %s', (word, stem) => {
  expect(stemIndonesian(word)).toBe(stem);
});

it('keeps a word that would be left with fewer than two syllables', () => {
  expect(['diet', 'ibu', 'roti', 'kami'].map(stemIndonesian)).toEqual(['diet', 'ibu', 'roti', 'kami']);
});
