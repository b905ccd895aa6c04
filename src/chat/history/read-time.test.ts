import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeReader } from './read-time.ts';

const read = timeReader();
const MAY_8 = Date.UTC(2023, 4, 8, 13, 56);

describe('timeReader', () => {
  it.each([
    ['seconds', MAY_8 / 1000],
    ['seconds as text', String(MAY_8 / 1000)],
    ['milliseconds', MAY_8],
    ['microseconds', MAY_8 * 1000],
    ['ISO with a zone', '2023-05-08T15:56:00+02:00'],
    ['ISO with more digits than milliseconds', '2023-05-08T13:56:00.000000Z'],
    ['ISO without a zone, read as UTC', '2023-05-08 13:56:00'],
    ['English words', '1:56 pm on 8 May, 2023'],
    ['Russian words', '8 мая 2023 13:56'],
    ['Italian words', '8 maggio 2023 alle 13:56'],
  ])('reads %s', (_name, value) => {
    expect(read(value)).toBe(MAY_8);
  });

  it('reads a day without a clock as that day', () => {
    expect(new Date(read('March-15-2024') ?? 0).toISOString().slice(0, 10)).toBe('2024-03-15');
    expect(read('2024-03-15')).toBe(Date.UTC(2024, 2, 15));
  });

  it('keeps fractions of a second', () => {
    expect(read(1_687_300_010.5)).toBe(1_687_300_010_500);
  });

  it.each([['yesterday'], ['5 pm'], ['in May'], [''], ['0'], [0], [-5], [Number.NaN], [null], [{}]])(
    'does not guess a time from %j',
    (value) => {
      expect(read(value)).toBeUndefined();
    },
  );

  it('never throws and never gives a time outside 1971 to 2099', () =>
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const time = read(value) ?? MAY_8;
        expect(time).toBeGreaterThanOrEqual(Date.UTC(1971, 0, 1));
        expect(time).toBeLessThan(Date.UTC(2100, 0, 1));
      }),
    ));
});
