import { expect, test } from 'vitest';
import { ago, bytes, count, duration } from './format.ts';

const now = Date.UTC(2026, 6, 1, 12);
const minutes = (n: number) => n * 60_000;

test('times are told by how far away they are', () => {
  expect(ago(now - 20_000, now)).toBe('just now');
  expect(ago(now - minutes(5), now)).toBe('5 min ago');
  expect(ago(now - minutes(180), now)).toBe('3 h ago');
  expect(ago(now + minutes(90), now)).toBe('in 1 h');
  expect(ago(now - minutes(60 * 24 * 2), now)).toBe('2 d ago');
  expect(ago(Date.UTC(2025, 0, 5, 12), now)).toBe('5 Jan 2025');
});

test('sizes keep at most three digits', () => {
  expect([0, 999, 1000, 1449, 9960, 999_600, 23_000_000].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 KB',
    '1.4 KB',
    '10 KB',
    '1.0 MB',
    '23 MB',
  ]);
});

test('one thing is singular', () => {
  expect([count(1, 'file'), count(1200, 'file'), count(0, 'file')]).toEqual([
    '1 file',
    '1,200 files',
    '0 files',
  ]);
});

test('durations are told in the unit that fits', () => {
  expect([320, 4249, 185_000].map(duration)).toEqual(['320 ms', '4.2 s', '3 min 5 s']);
});
