/** What pdfjs tells of a run of text. `transform` is its matrix: size in 0–3, place in 4 and 5, origin bottom left. */
export interface PdfTextItem {
  readonly str: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly hasEOL: boolean;
}

/** A line of a page. Lengths in points (1/72 inch); `y` of the baseline, from the bottom. */
export interface PdfLine {
  readonly text: string;
  readonly x: number;
  readonly right: number;
  readonly y: number;
  readonly size: number;
  /** Pieces set far apart, as the cells of a table's row are; 1 for a line of prose. */
  readonly cells: number;
}

interface Run {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly size: number;
}

interface OpenLine {
  readonly first: Run;
  readonly parts: string[];
  right: number;
  cells: number;
  /** The run that says most of the line, and so its size. */
  longest: Run;
}

/** From this gap on (in sizes of the text) runs are words apart; from the second on they are cells. */
const WORD_GAP = 0.15;
const CELL_GAP = 1.8;

/** Joins runs that follow each other on one baseline; white space that was drawn counts as a gap. */
export function linesOf(items: readonly PdfTextItem[]): PdfLine[] {
  const lines: PdfLine[] = [];
  let open: OpenLine | undefined;
  const close = () => {
    if (open !== undefined) lines.push(finished(open));
    open = undefined;
  };
  for (const item of items) {
    const run = runOf(item);
    if (run.text.trim() !== '') {
      if (open !== undefined && !sameLine(open, run)) close();
      open = extended(open, run);
    }
    if (item.hasEOL) close();
  }
  close();
  return lines;
}

function runOf({ str, transform, width }: PdfTextItem): Run {
  const [a = 0, b = 0, , , x = 0, y = 0] = transform;
  return { text: bullet(str), x, y, right: x + width, size: Math.max(1, Math.hypot(a, b)) };
}

/** Fonts of symbols put their bullets at private code points. */
function bullet(text: string): string {
  return /^\p{Co}$/u.test(text.trim()) ? '•' : text;
}

/** Raised and lowered small print is part of its line; a run further left begins another one. */
function sameLine(line: OpenLine, run: Run): boolean {
  const apart = Math.abs(run.y - line.longest.y);
  return apart <= Math.max(line.longest.size, run.size) * 0.6 && run.x >= line.first.x - run.size;
}

function extended(line: OpenLine | undefined, run: Run): OpenLine {
  if (line === undefined) return { first: run, parts: [run.text], right: run.right, cells: 1, longest: run };
  const gap = (run.x - line.right) / run.size;
  const isCell = gap > CELL_GAP && line.parts.join('') !== '•';
  if (isCell) line.parts.push(' | ');
  else if (gap > WORD_GAP) line.parts.push(' ');
  line.parts.push(run.text);
  line.right = Math.max(line.right, run.right);
  if (isCell) line.cells++;
  if (run.text.length > line.longest.text.length) line.longest = run;
  return line;
}

function finished({ first, parts, right, cells, longest }: OpenLine): PdfLine {
  const text = parts.join('').replace(/\s+/gu, ' ').trim();
  return { text, x: first.x, right, y: longest.y, size: Math.round(longest.size * 2) / 2, cells };
}
