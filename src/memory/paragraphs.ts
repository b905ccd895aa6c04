import { sentences } from './sentences.ts';

/** A slice of a text: UTF-16 offsets, `end` exclusive. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A message longer than this (in UTF-16 code units) is cut into paragraphs; a shorter one is its own paragraph. */
export const LONG_MESSAGE = 1_200;
/** Small blocks are joined up to this length, so a heading stays with its text and a list with its items. */
const JOINED = 800;

const BLOCK_START = /^(?:#{1,6}\s|\s*(?:[-*•]|\d{1,3}[.)])\s)/u;

function trimmed(text: string, span: Span): Span {
  const slice = text.slice(span.start, span.end);
  const start = span.start + (slice.length - slice.trimStart().length);
  return { start, end: Math.max(start, span.end - (slice.length - slice.trimEnd().length)) };
}

/** Runs of lines; a blank line ends one, a heading or a list item begins one. */
function blocks(text: string): Span[] {
  const found: Span[] = [];
  let start = 0;
  let lineStart = 0;
  const close = (end: number) => {
    const block = trimmed(text, { start, end });
    if (block.end > block.start) found.push(block);
    start = end;
  };
  while (lineStart < text.length) {
    const newline = text.indexOf('\n', lineStart);
    const lineEnd = newline < 0 ? text.length : newline + 1;
    const line = text.slice(lineStart, lineEnd);
    if (line.trim() === '' || BLOCK_START.test(line)) close(lineStart);
    lineStart = lineEnd;
  }
  close(text.length);
  return found;
}

/** Cuts a span at the last blank before the limit, never inside a surrogate pair. */
function cutHard(text: string, span: Span): Span[] {
  const pieces: Span[] = [];
  let { start } = span;
  while (span.end - start > LONG_MESSAGE) {
    const blank = text.lastIndexOf(' ', start + LONG_MESSAGE);
    let end = blank > start ? blank : start + LONG_MESSAGE;
    if (text.charCodeAt(end) >= 0xdc00 && text.charCodeAt(end) <= 0xdfff) end -= 1;
    pieces.push(trimmed(text, { start, end }));
    start = end;
  }
  pieces.push(trimmed(text, { start, end: span.end }));
  return pieces.filter((piece) => piece.end > piece.start);
}

function smallEnough(text: string, block: Span): Span[] {
  if (block.end - block.start <= LONG_MESSAGE) return [block];
  const inside = sentences(text.slice(block.start, block.end)).map(({ start, end }) => ({
    start: block.start + start,
    end: block.start + end,
  }));
  return inside.flatMap((sentence) =>
    sentence.end - sentence.start > LONG_MESSAGE ? cutHard(text, sentence) : [sentence],
  );
}

/**
 * Paragraphs of a text in order, without overlap: cut at blank lines, headings and list items, over-long blocks at
 * sentences; neighbours are joined up to 800 characters. None is empty or longer than 1,200.
 */
export function paragraphs(text: string): readonly Span[] {
  const joined: Span[] = [];
  for (const piece of blocks(text).flatMap((block) => smallEnough(text, block))) {
    const last = joined.at(-1);
    if (last && piece.end - last.start <= JOINED)
      joined[joined.length - 1] = { start: last.start, end: piece.end };
    else joined.push(piece);
  }
  return joined;
}
