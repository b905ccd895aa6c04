import { assert, date, property } from 'fast-check';
import { expect, test } from 'vitest';
import { fromTime, readSpan, toTime } from './time-range.ts';

test('a day ends where the next day begins', () => {
  expect(toTime('2026-03-31')).toBe(fromTime('2026-04-01'));
});

test('a month and a year end where the next ones begin', () => {
  expect(toTime('2026-12')).toBe(fromTime('2027-01'));
  expect(toTime('2025')).toBe(fromTime('2026'));
});

test('days that do not exist are refused', () => {
  for (const text of ['2026-04-31', '2025-02-29', '2026-13', '2026-00'])
    expect(readSpan(text)).toBeUndefined();
});

test('words and other spellings of dates are refused', () => {
  for (const text of ['yesterday', '31.03.2026', '', '2026-3-1'])
    expect(() => fromTime(text)).toThrow(/Expected a year/);
});

test('a moment in ISO 8601 is itself', () => {
  expect(fromTime('2026-03-14T10:00:00Z')).toBe(Date.UTC(2026, 2, 14, 10));
});

test('every day holds its own noon and is at most 25 hours long', () => {
  const days = date({ min: new Date(1990, 0, 1), max: new Date(2090, 0, 1), noInvalidDate: true });
  assert(
    property(days, (some) => {
      const noon = new Date(some.getFullYear(), some.getMonth(), some.getDate(), 12);
      const two = (n: number) => String(n).padStart(2, '0');
      const span = readSpan(`${noon.getFullYear()}-${two(noon.getMonth() + 1)}-${two(noon.getDate())}`);
      expect(span?.startMs).toBeLessThan(noon.getTime());
      expect(span?.endMs).toBeGreaterThan(noon.getTime());
      expect((span?.endMs ?? 0) - (span?.startMs ?? 0)).toBeLessThanOrEqual(25 * 3_600_000);
    }),
  );
});
