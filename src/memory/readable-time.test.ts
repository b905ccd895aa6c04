import { expect, it } from 'vitest';
import { readableDay, readableTime, writtenLanguage } from './readable-time.ts';

const MAY_8 = Date.UTC(2023, 4, 8, 13, 56);

it.each([
  ['en', '1:56 pm on 8 May, 2023'],
  ['ru', '8 мая 2023 13:56'],
  ['id', '8 Mei 2023 13:56'],
  ['it', '8 maggio 2023 13:56'],
] as const)('writes a time in %s', (language, written) => {
  expect(readableTime(MAY_8, language)).toBe(written);
});

it.each([
  [Date.UTC(2024, 0, 1, 0, 5), '12:05 am on 1 January, 2024'],
  [Date.UTC(2024, 11, 31, 12, 0), '12:00 pm on 31 December, 2024'],
])('tells midnight from noon', (time, written) => {
  expect(readableTime(time, 'en')).toBe(written);
});

it('writes English where it has no words for a language', () => {
  expect(readableDay(MAY_8, writtenLanguage('fi'))).toBe('8 May 2023');
});
