import type { Span } from '../../memory/sentences.ts';

/** A row of a table. */
export interface TableRow extends Span {
  /** Names of the columns, where the table has a row of them; the row's own cells may hold theirs. */
  readonly header: string;
  /** `column: value; column: value`, or the values alone. */
  readonly shown: string;
}

const ROW = /^\s*\|.*\|\s*$|\S \| \S/u;
const RULE = /^[\s|:-]+$/u;

function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/u, '').replace(/\|$/u, '');
  return inner.split('|').map((cell) => cell.trim());
}

/** Names of columns: as many as there are cells below, none a number or a pair of name and value. */
function isHeader(cells: readonly string[], next: readonly string[]): boolean {
  return cells.length === next.length && cells.every((cell) => !/\d|: /u.test(cell));
}

function shownRow(cells: readonly string[], header: readonly string[]): string {
  const named = cells.map((cell, column) => {
    const name = header[column] ?? '';
    return name === '' || cell === '' ? cell : `${name}: ${cell}`;
  });
  return named.filter((cell) => cell !== '').join('; ');
}

/** The rows of a block that is a table (Markdown, or cells with ` | ` between them); `undefined` for any other block. */
export function tableRows(block: string): TableRow[] | undefined {
  const lines = [...block.matchAll(/[^\n]+/gu)].map(({ 0: line, index }) => ({ line, start: index }));
  if (!lines.every(({ line }) => ROW.test(line))) return undefined;
  const rows = lines.filter(({ line }) => !RULE.test(line));
  const [first, second] = rows.map(({ line }) => cellsOf(line));
  const ruled = lines.length > rows.length;
  const header = first && second && (ruled || isHeader(first, second)) ? first : [];
  return rows.slice(header.length === 0 ? 0 : 1).map(({ line, start }) => {
    const from = start + line.length - line.trimStart().length;
    return {
      start: from,
      end: from + line.trim().length,
      header: header.join(' '),
      shown: shownRow(cellsOf(line), header),
    };
  });
}

const FIELD = /^[\p{Ll}_][\p{L}\p{N}_.-]*: \S/u;

/** A record whose fields stand one a line (`name: Petrel`), as one line; `undefined` for any other block. */
export function recordOf(block: string): string | undefined {
  const lines = block.split('\n').map((line) => line.trim());
  return lines.length > 1 && lines.every((line) => FIELD.test(line)) ? lines.join('; ') : undefined;
}
