import type { BlockKind } from '../../../ports/document-reader.ts';
import type { PdfLine } from './pdf-lines.ts';

export interface PdfParagraph {
  /** From 1. */
  readonly page: number;
  readonly kind: BlockKind;
  readonly text: string;
  readonly level?: number;
  /** It is the rest of the paragraph before, which the page's end cut. */
  readonly continues: boolean;
}

interface Layout {
  readonly bodySize: number;
  /** Sizes of headings, the largest first. */
  readonly headingSizes: readonly number[];
  /** Usual distance of baselines over the size of the text. */
  readonly leading: number;
  /** Where most lines end. */
  readonly right: number;
  /** Hyphenated words inside lines: such a hyphen stays at a line's end, too. */
  readonly hyphenated: ReadonlySet<string>;
}

/** Text this much larger than the body is a heading. */
const HEADING_RATIO = 1.15;
const MAX_HEADING_CHARACTERS = 200;
/** Of the usual distance of lines: more is the gap between paragraphs. */
const GAP_RATIO = 1.35;
const MAX_LEVELS = 4;

/** Puts lines together to paragraphs and headings, in order; `pages` holds the lines of each page. */
export function pdfParagraphs(pages: readonly (readonly PdfLine[])[]): PdfParagraph[] {
  const layout = layoutOf(pages);
  const paragraphs: PdfParagraph[] = [];
  for (const [index, lines] of pages.entries()) {
    for (const group of groups(lines, layout)) {
      const paragraph = paragraphOf(group, index + 1, layout);
      const last = paragraphs.at(-1);
      if (last?.kind === 'list' && paragraph.kind === 'list' && last.page === paragraph.page) {
        paragraphs[paragraphs.length - 1] = { ...last, text: `${last.text}\n${paragraph.text}` };
      } else {
        paragraphs.push({ ...paragraph, continues: goesOn(last, paragraph) });
      }
    }
  }
  return paragraphs;
}

function layoutOf(pages: readonly (readonly PdfLine[])[]): Layout {
  const lines = pages.flat();
  const bodySize = mostCommon(lines.map((line) => [line.size, line.text.length]));
  const larger = lines.filter((line) => line.size >= bodySize * HEADING_RATIO).map((line) => line.size);
  const gaps = pages.flatMap((page) =>
    page.slice(1).map((line, index) => ((page[index]?.y ?? 0) - line.y) / Math.max(line.size, 1)),
  );
  const words = lines.flatMap((line) => line.text.match(/\p{L}+-\p{L}+/gu) ?? []);
  return {
    bodySize,
    headingSizes: [...new Set(larger)].sort((one, other) => other - one).slice(0, MAX_LEVELS),
    leading: mostCommon(
      gaps.filter((gap) => gap > 0.8 && gap < 3).map((gap) => [Math.round(gap * 20) / 20, 1]),
    ),
    right: mostCommon(lines.map((line) => [Math.round(line.right / 10) * 10, line.text.length])),
    hyphenated: new Set(words.map((word) => word.toLowerCase())),
  };
}

function mostCommon(weighted: readonly (readonly [value: number, weight: number])[]): number {
  const sums = new Map<number, number>();
  for (const [value, weight] of weighted) sums.set(value, (sums.get(value) ?? 0) + weight);
  let best: readonly [number, number] = [0, 0];
  for (const entry of sums) if (entry[1] > best[1]) best = entry;
  return best[0];
}

function groups(lines: readonly PdfLine[], layout: Layout): PdfLine[][] {
  const found: PdfLine[][] = [];
  for (const line of lines) {
    const group = found.at(-1);
    const last = group?.at(-1);
    if (group === undefined || last === undefined || begins(line, last, layout)) found.push([line]);
    else group.push(line);
  }
  return found;
}

const ITEM = /^(?:[•●▪◦‣]\s*|(?:[–—*-]|\(?\d{1,3}[.)]|[a-zа-я]\))\s+)\S/u;
const END_OF_SENTENCE = /[.!?…:]["»”’)]?$/u;
/** Rows of a table may stand further apart than lines: in sizes of the text. */
const ROW_GAP = 4;

/** True when a line begins a new paragraph after `last`. */
function begins(line: PdfLine, last: PdfLine, layout: Layout): boolean {
  if (Math.abs(line.size - last.size) > 0.75 || line.cells > 1 !== last.cells > 1) return true;
  const gap = last.y - line.y;
  if (line.cells > 1) return gap < 0 || gap > line.size * ROW_GAP;
  // Upwards is the next column: the sentence decides.
  if (gap < 0) return END_OF_SENTENCE.test(last.text);
  if (gap > line.size * layout.leading * GAP_RATIO) return true;
  if (ITEM.test(line.text) && !last.text.endsWith('-')) return true;
  return END_OF_SENTENCE.test(last.text) && (endsEarly(last, layout) || isIndented(line, last, layout));
}

function endsEarly(line: PdfLine, layout: Layout): boolean {
  return line.right < layout.right - layout.bodySize * 6;
}

function isIndented(line: PdfLine, last: PdfLine, layout: Layout): boolean {
  return line.x > last.x + layout.bodySize * 0.8 && line.x < last.x + layout.bodySize * 5;
}

function paragraphOf(
  lines: readonly PdfLine[],
  page: number,
  layout: Layout,
): Omit<PdfParagraph, 'continues'> {
  const [first] = lines;
  if (first !== undefined && first.cells > 1 && lines.length > 1) {
    return { page, kind: 'table', text: lines.map((line) => line.text).join('\n') };
  }
  const text = joinLines(lines, layout.hyphenated);
  const size = first?.size ?? 0;
  if (
    size >= layout.bodySize * HEADING_RATIO &&
    text.length <= MAX_HEADING_CHARACTERS &&
    /\p{L}/u.test(text)
  ) {
    const place = layout.headingSizes.indexOf(size);
    return { page, kind: 'heading', text, level: (place < 0 ? MAX_LEVELS - 1 : place) + 1 };
  }
  return { page, kind: ITEM.test(text) ? 'list' : 'paragraph', text };
}

/** Lines joined by spaces; a word cut at a line's end is joined unless it is written with a hyphen elsewhere. */
function joinLines(lines: readonly PdfLine[], hyphenated: ReadonlySet<string>): string {
  let text = '';
  for (const line of lines) {
    const left = /(\p{L}+)[-\u00ad\u2010]$/u.exec(text)?.[1];
    const right = /^\p{Ll}\p{L}*/u.exec(line.text)?.[0];
    if (left === undefined || right === undefined) text += text === '' ? line.text : ` ${line.text}`;
    else if (hyphenated.has(`${left}-${right}`.toLowerCase())) text += line.text;
    else text = text.slice(0, -1) + line.text;
  }
  return text;
}

/** A paragraph at the top of a page goes on when the last one ended without an end and it begins with a small letter. */
function goesOn(last: PdfParagraph | undefined, next: Omit<PdfParagraph, 'continues'>): boolean {
  if (last === undefined || last.page === next.page) return false;
  if (last.kind !== 'paragraph' || next.kind !== 'paragraph') return false;
  return /[\p{L}\d,;–-]$/u.test(last.text) && /^\p{Ll}/u.test(next.text);
}
