import { expect, test } from 'vitest';
import type { Look } from './look.ts';
import { displayWidth } from './plain-text.ts';
import { pairs, table } from './table.ts';

const look = (width: number): Look => ({
  width,
  colours: false,
  nowMs: 0,
  style: (_, text) => text,
  id: (id) => id,
});

const rows = [
  { name: 'a very long file name that goes on and on.pdf', size: '12 KB' },
  { name: 'short\nname', size: '1.4 MB' },
];
const columns = [
  { head: 'NAME', cell: (r: (typeof rows)[number]) => r.name, flexible: true },
  { head: 'SIZE', cell: (r: (typeof rows)[number]) => r.size, align: 'right' as const },
];

test('a table fits the terminal: the flexible column gives way', () => {
  const lines = table(rows, columns, look(30));
  expect(Math.max(...lines.map(displayWidth))).toBe(30);
  expect(lines[1]).toMatch(/^a very long.*… +12 KB$/);
});

test('nothing is cut where there is no terminal', () => {
  expect(table(rows, columns, look(Infinity))[1]).toContain('goes on and on.pdf');
});

test('every row is one line', () => {
  expect(table(rows, columns, look(80))).toHaveLength(3);
});

test('pairs without a value are left out', () => {
  expect(
    pairs(
      [
        ['id', '1'],
        ['reason', undefined],
      ],
      look(80),
    ),
  ).toEqual(['id  1']);
});
