import type { Block } from '../ports/document-reader.ts';

/** The headings that hold at a place of a document, highest first. */
export type HeadingPath = readonly { readonly level: number; readonly text: string }[];

const LONGEST_HEADING = 120;

/** Text on one line with single blanks, at most `limit` characters. */
export function oneLine(text: string, limit: number): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, limit).trim();
}

/** The path below a heading block: it replaces headings of its own and of lower levels. */
export function below(path: HeadingPath, heading: Block, text: string): HeadingPath {
  const level = heading.level ?? 1;
  const words = oneLine(text.slice(heading.start, heading.end).replace(/^#+\s*/, ''), LONGEST_HEADING);
  const above = path.filter((other) => other.level < level);
  return words === '' ? above : [...above, { level, text: words }];
}

const LONGEST_LINE = 300;

/** Title and headings as one line, `Handbook › Travel › Trains`; repeats and absent ones are left out. */
export function headingLine(headings: readonly (string | undefined)[]): string {
  const present = headings
    .map((heading) => oneLine(heading ?? '', LONGEST_HEADING))
    .filter((text) => text !== '');
  return [...new Set(present)].join(' › ').slice(0, LONGEST_LINE);
}
