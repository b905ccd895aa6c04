/** A span of a text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Stateless; the rules of Unicode (UAX 29) hardly differ between our languages, ours below do. */
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'sentence' });

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/u));

/** Written before a name, so a capital letter after them starts no sentence (en, ru, id, it). */
const BEFORE_NAMES = words(`
  mr mrs ms dr prof sr jr st vs e.g i.e cf approx dept gov gen lt sgt rev hon
  ул им проф акад доц напр т.е обл р-н просп гор г-н г-жа
  bpk sdr yg dgn jl kel kec kab prov drs dra ir hj a.n
  sig sig.ra dott dott.ssa avv ing p.es`);
/** Written before a number; otherwise words of their own ("I said no."). */
const BEFORE_NUMBERS = words(
  'no nos fig figs vol pp p pag art sec ch ca eq стр рис кв д гл ст п табл hlm hal',
);

/** Last word before the closing full stop, with inner stops. */
const LAST_WORD = /(?:^|[\s("'«“])(\p{L}[\p{L}.-]*)\.["'»”)]?\s*$/u;
const INITIAL = /^\p{Lu}$/u;
const LIST_MARKER = /^\s*(?:\(?\d{1,3}[.)]|\(?\p{L}[.)]|[-*•–])\s*$/u;
const STARTS_LOWER = /^["'«“(]?\p{Ll}/u;
const LINE_ENDS_OPEN = /[^.!?…:;。！？|\s]["'»”)\]]*[ \t]*\r?\n\s*$/u;
/** A line this long was probably broken by its width, not by its writer. */
const WRAPPED_LINE = 60;
/** The city of Russian addresses; after a number it is the year, which may well end a sentence. */
const RUSSIAN_CITY = /(?<!\d\s?)(?:^|\s)г\.\s*$/u;

function continuesLine(piece: string, next: string): boolean {
  return LINE_ENDS_OPEN.test(piece) && (STARTS_LOWER.test(next) || piece.length >= WRAPPED_LINE);
}

/** True when the piece cannot be the end of a sentence, so the next one belongs to it. */
function continues(piece: string, next: string, startsLine: boolean): boolean {
  if (piece.endsWith('\n')) return continuesLine(piece, next);
  if (startsLine && LIST_MARKER.test(piece)) return true;
  if (RUSSIAN_CITY.test(piece)) return true;
  const word = LAST_WORD.exec(piece)?.[1];
  if (word === undefined) return false;
  if (INITIAL.test(word) || BEFORE_NAMES.has(word.toLowerCase())) return true;
  return /^\d/u.test(next) && BEFORE_NUMBERS.has(word.toLowerCase());
}

function trimmed(text: string, start: number, end: number): Span | undefined {
  const piece = text.slice(start, end);
  const from = start + piece.length - piece.trimStart().length;
  const to = end - (piece.length - piece.trimEnd().length);
  return from < to ? { start: from, end: to } : undefined;
}

/** Starts of the sentences of a text without blank lines inside. */
function sentenceStarts(block: string): number[] {
  const pieces = [...SEGMENTER.segment(block)];
  return pieces.flatMap((piece, i) => {
    const before = pieces[i - 1];
    if (before === undefined) return piece.index;
    const startsLine = before.index === 0 || block[before.index - 1] === '\n';
    return continues(before.segment, piece.segment, startsLine) ? [] : piece.index;
  });
}

/** Blank lines, and the ends of lines before list items, headings and quotes. */
const BLOCK_BREAK = /\n\s*\n|\n(?=[ \t]*(?:[-*•#>]|\d{1,3}[.)])[ \t])/gu;

function blockStarts(text: string): number[] {
  return [0, ...[...text.matchAll(BLOCK_BREAK)].map((found) => found.index + found[0].length)];
}

/**
 * Sentences of a text in order, as offsets into it: white space trimmed, none empty, none overlapping, everything but
 * white space covered. Unicode sentence breaks, mended after abbreviations, initials, list markers and lines broken by
 * their width (English, Russian, Indonesian, Italian); blank lines and list items always end a sentence.
 */
export function sentences(text: string): readonly Span[] {
  const blocks = blockStarts(text);
  return blocks.flatMap((blockStart, i) => {
    const block = text.slice(blockStart, blocks[i + 1] ?? text.length);
    const starts = sentenceStarts(block);
    return starts.flatMap(
      (start, j) => trimmed(text, blockStart + start, blockStart + (starts[j + 1] ?? block.length)) ?? [],
    );
  });
}
