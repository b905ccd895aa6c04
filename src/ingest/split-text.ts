import type { ExtractedDocument, PageStart } from '../ports/document-reader.ts';
import { CHUNK_SIZES, type ChunkSizes, chooseCuts } from './choose-cuts.ts';
import { type TextStart, type Unit, type UnitRules, textUnits } from './text-units.ts';
import { topicShifts } from './topic-shifts.ts';

/** A slice of a document's text: `text.slice(start, end)`, UTF-16 code units. */
export interface TextChunk {
  readonly start: number;
  readonly end: number;
  /** Page, slide or sheet on which its first word stands. */
  readonly page?: number;
  /** Name of that slide or sheet. */
  readonly pageLabel?: string;
  /** Headings it stands under, highest first. */
  readonly headings: readonly string[];
  /** Of a chunk that goes on with a table: the row that names the columns. */
  readonly columns?: string;
}

export interface SplitOptions {
  readonly sentences: UnitRules['sentences'];
  readonly tokens: UnitRules['tokens'];
  readonly sizes?: ChunkSizes;
  /** Of a part of a document: what holds where it starts. */
  readonly from?: TextStart;
}

function pageFinder(pages: readonly PageStart[]) {
  let at = -1;
  return (offset: number): PageStart | undefined => {
    while ((pages[at + 1]?.start ?? Infinity) <= offset) at++;
    return pages[at];
  };
}

function chunkOf(first: Unit, end: number, page: PageStart | undefined): TextChunk {
  return {
    start: first.start,
    end,
    headings: first.headings,
    ...(page === undefined ? {} : { page: page.number }),
    ...(page?.label === undefined ? {} : { pageLabel: page.label }),
    ...(first.columns === undefined ? {} : { columns: first.columns }),
  };
}

/**
 * Cuts a document into chunks: contiguous slices without overlap that cover the whole text, in order. Structure comes
 * first (headings, slides, sheets, pages, turns, whole code blocks, table rows), then sentences where the words change,
 * within a budget of tokens. A text of blanks has no chunks.
 */
export function splitText(document: ExtractedDocument, options: SplitOptions): TextChunk[] {
  const sizes = options.sizes ?? CHUNK_SIZES;
  const { text } = document;
  const units = textUnits(document, { ...options, maxTokens: sizes.max }, options.from ?? { above: [] });
  const shifts = topicShifts(units.map(({ start, end }) => text.slice(start, end)));
  const cuts = chooseCuts(units, shifts, sizes);
  const pageAt = pageFinder(document.pages);
  return cuts.flatMap((cut, index) => {
    const first = units[cut];
    if (first === undefined) return [];
    const end = units[cuts[index + 1] ?? units.length]?.start ?? text.length;
    const firstWord = first.start + text.slice(first.start, end).search(/\S/);
    return [chunkOf(first, end, pageAt(firstWord))];
  });
}
