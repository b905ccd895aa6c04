import type { Look, Style } from './look.ts';
import { displayWidth, oneLine, truncate } from './plain-text.ts';

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => string;
  readonly align?: 'left' | 'right';
  /** Gives way when the table is wider than the terminal. */
  readonly flexible?: boolean;
  readonly style?: (row: T) => Style | undefined;
}

const GAP = 2;
const NARROWEST = 8;

function pad(text: string, width: number, align: 'left' | 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}

/** Widths of the columns: as wide as their longest cell, the flexible ones cut so that the whole fits. */
function widths<T>(
  columns: readonly Column<T>[],
  cells: readonly (readonly string[])[],
  room: number,
): number[] {
  const wanted = columns.map((column, i) =>
    Math.max(displayWidth(column.head), ...cells.map((row) => displayWidth(row[i] ?? ''))),
  );
  let excess = wanted.reduce((sum, width) => sum + width, GAP * (columns.length - 1)) - room;
  columns.forEach((column, i) => {
    const width = wanted[i] ?? 0;
    if (excess <= 0 || column.flexible !== true) return;
    const cut = Math.min(excess, Math.max(0, width - NARROWEST));
    wanted[i] = width - cut;
    excess -= cut;
  });
  return wanted;
}

/** Lines of a table with its head; every cell is made one safe line first. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], look: Look): string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const wide = widths(columns, cells, look.width);
  const lay = (texts: readonly string[], styleOf: (i: number) => Style | undefined) =>
    texts
      .map((text, i) => {
        const laid = pad(truncate(text, wide[i] ?? 0), wide[i] ?? 0, columns[i]?.align);
        const style = styleOf(i);
        return style === undefined ? laid : look.style(style, laid);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    lay(
      columns.map((column) => column.head),
      () => 'dim',
    ),
    ...rows.map((row, r) => lay(cells[r] ?? [], (i) => columns[i]?.style?.(row))),
  ];
}

/** Lines of `name  value` pairs, the values in one column; pairs without a value are left out. */
export function pairs(entries: readonly (readonly [string, string | undefined])[], look: Look): string[] {
  const present = entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
  const wide = Math.max(0, ...present.map(([name]) => name.length));
  return present.map(([name, value]) => `${look.style('dim', name.padEnd(wide))}  ${oneLine(value)}`);
}
