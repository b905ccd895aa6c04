import { oneLine } from '../normalise-text.ts';

/** A table as lines that each read alone. */
export interface RowLines {
  /** Lines above the header: a sheet's caption. */
  readonly before: readonly string[];
  /** One line a row, empty rows left out. */
  readonly lines: readonly string[];
}

/** A header stands among the first rows. */
const HEADER_ROWS = 6;
/** Rows that tell how wide the table is. */
const WIDTH_ROWS = 50;

/**
 * Rows as `header: value | header: value`, empty cells left out; without a header row `value | value`. The header is
 * the first row in which every column of the table has a text of its own that is no number.
 */
export function rowLines(rows: readonly (readonly string[])[]): RowLines {
  const clean = rows.map((row) => row.map(oneLine)).filter((row) => row.some((cell) => cell !== ''));
  const width = Math.max(0, ...clean.slice(0, WIDTH_ROWS).map((row) => filled(row)));
  const at = clean.slice(0, HEADER_ROWS).findIndex((row) => isHeader(row, width));
  const header = width > 1 && at >= 0 && at < clean.length - 1 ? clean[at] : undefined;
  if (header === undefined) return { before: [], lines: clean.map((row) => values(row).join(' | ')) };
  return {
    before: clean.slice(0, at).map((row) => values(row).join(' ')),
    lines: clean.slice(at + 1).map((row) => withHeader(row, header)),
  };
}

function values(row: readonly string[]): string[] {
  return row.filter((cell) => cell !== '');
}

function filled(row: readonly string[]): number {
  return values(row).length;
}

function isHeader(row: readonly string[], width: number): boolean {
  const names = values(row);
  return (
    names.length >= width &&
    new Set(names).size === names.length &&
    names.every((name) => /\p{L}/u.test(name))
  );
}

function withHeader(row: readonly string[], header: readonly string[]): string {
  const cells: string[] = [];
  for (const [column, cell] of row.entries()) {
    const name = header[column] ?? '';
    if (cell !== '') cells.push(name === '' ? cell : `${name}: ${cell}`);
  }
  return cells.join(' | ');
}
