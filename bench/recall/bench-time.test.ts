import { expect, it } from 'vitest';
import { benchTime } from './bench-time.ts';

it.each([
  ['1:56 pm on 8 May, 2023', Date.UTC(2023, 4, 8, 13, 56)],
  ['12:09 am on 13 September, 2023', Date.UTC(2023, 8, 13, 0, 9)],
  ['12:30 pm on 1 May, 2022', Date.UTC(2022, 4, 1, 12, 30)],
  ['March-15-2024', Date.UTC(2024, 2, 15)],
  ['2023-12-25', Date.UTC(2023, 11, 25)],
  ['2023-12-25T10:30:00', Date.UTC(2023, 11, 25, 10, 30)],
  ['2023-12-25T10:30:00+02:00', Date.UTC(2023, 11, 25, 8, 30)],
  [1_700_000_000_000, 1_700_000_000_000],
])('%s is read in UTC', (written, time) => {
  expect(benchTime(written)).toBe(time);
});

it('refuses what is no time', () => {
  expect(() => benchTime('some day')).toThrow('Expected a date and time');
});
