import type { Block, ExtractedDocument, PageStart } from '../ports/document-reader.ts';
import { softCut } from './cut-long.ts';
import { below } from './heading-path.ts';
import { type TextStart, columnsOf } from './text-units.ts';

/** A part of a document small enough for one message to another thread; its offsets are relative to `offset`. */
export interface Portion {
  /** Where the part starts in the text of the whole document. */
  readonly offset: number;
  readonly document: ExtractedDocument;
  readonly from: TextStart;
}

/** About 250 chunks: some 50 ms of work, a message of half a megabyte. */
const PORTION_CHARACTERS = 250_000;

/** Where the portion that starts at `start` ends: before a heading, else before a block, else at a line of a long one. */
function portionEnd(text: string, blocks: readonly Block[], start: number, size: number): number {
  const limit = start + size;
  if (limit >= text.length) return text.length;
  const later = blocks.filter((block) => block.start > start + size / 2 && block.start <= limit);
  const cut = later.findLast((block) => block.kind === 'heading') ?? later.at(-1);
  return cut?.start ?? softCut(text, start + Math.floor(size / 2), limit);
}

function blocksWithin(blocks: readonly Block[], start: number, end: number): Block[] {
  return blocks
    .filter((block) => block.start < end && block.end > start)
    .map((block) => ({
      ...block,
      start: Math.max(block.start, start) - start,
      end: Math.min(block.end, end) - start,
    }));
}

function pagesWithin(pages: readonly PageStart[], start: number, end: number): PageStart[] {
  const current = pages.findLast((page) => page.start <= start);
  const inside = pages.filter((page) => page.start > start && page.start < end);
  const shifted = inside.map((page) => ({ ...page, start: page.start - start }));
  return current === undefined ? shifted : [{ ...current, start: 0 }, ...shifted];
}

function fromOf(before: TextStart, part: ExtractedDocument, cutTable: string | undefined): TextStart {
  let { above } = before;
  for (const block of part.blocks) if (block.kind === 'heading') above = below(above, block, part.text);
  return cutTable === undefined ? { above } : { above, columns: cutTable };
}

/**
 * Cuts a document into parts of at most `size` characters, in order and without overlap; what holds where a part starts
 * (headings, the columns of a table that is cut) goes with it.
 */
export function* portions(document: ExtractedDocument, size = PORTION_CHARACTERS): Generator<Portion> {
  const { text } = document;
  const blocks = [...document.blocks].sort((a, b) => a.start - b.start);
  let from: TextStart = { above: [] };
  for (let start = 0; start < text.length;) {
    const end = portionEnd(text, blocks, start, size);
    const part: ExtractedDocument = {
      text: text.slice(start, end),
      blocks: blocksWithin(blocks, start, end),
      pages: pagesWithin(document.pages, start, end),
      warnings: [],
    };
    yield { offset: start, document: part, from };
    const cut = blocks.find((block) => block.kind === 'table' && block.start < end && block.end > end);
    from = fromOf(from, part, cut === undefined ? undefined : columnsOf(text, cut));
    start = end;
  }
}
