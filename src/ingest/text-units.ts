import type { Block, BlockKind, ExtractedDocument, PageStart } from '../ports/document-reader.ts';
import { cutLong, lineStarts } from './cut-long.ts';
import { type HeadingPath, below, oneLine } from './heading-path.ts';
import { solidBlocks } from './solid-blocks.ts';

/** What a chunk that began at a unit would begin with; says how good a place it is to cut. */
export type Opening =
  | 'heading'
  | 'part'
  | 'page'
  | 'turn'
  | 'block'
  | 'item'
  | 'row'
  | 'sentence'
  | 'code-line'
  | 'after-heading'
  | 'inside';

/**
 * The smallest piece that is never cut: a sentence, a row, a heading, a code block. `start` and `end` are UTF-16
 * offsets; units follow each other without gaps and cover the text.
 */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
  readonly opening: Opening;
  /** Headings above the unit (and itself, of a heading), highest first. */
  readonly headings: readonly string[];
  /** Of a row after the first: the table's first row, which names the columns. */
  readonly columns?: string;
}

/** Rules of the language side, given so that this file stays about structure. */
export interface UnitRules {
  readonly sentences: (text: string) => readonly { readonly start: number; readonly end: number }[];
  readonly tokens: (text: string) => number;
  /** No unit has more tokens than this. */
  readonly maxTokens: number;
}

const LONGEST_COLUMNS = 300;

interface Piece {
  readonly start: number;
  readonly opening: Opening;
  readonly columns?: string;
}

/** The first row of a table, which names its columns, on one line. */
export function columnsOf(text: string, table: Block): string {
  const [, second] = lineStarts(text, table.start, table.end);
  return oneLine(text.slice(table.start, second ?? table.end), LONGEST_COLUMNS);
}

function sentencePieces(text: string, block: Block, rules: UnitRules): Piece[] {
  const first: Piece = { start: block.start, opening: block.kind === 'turn' ? 'turn' : 'block' };
  const rest = rules.sentences(text.slice(block.start, block.end)).slice(1);
  return [
    first,
    ...rest.map((sentence): Piece => ({ start: block.start + sentence.start, opening: 'sentence' })),
  ];
}

function linePieces(text: string, block: Block, opening: Opening): Piece[] {
  const starts = lineStarts(text, block.start, block.end);
  return starts.map((start, index) => ({ start, opening: index === 0 ? 'block' : opening }));
}

function tablePieces(text: string, block: Block): Piece[] {
  const pieces = linePieces(text, block, 'row');
  const columns = columnsOf(text, block);
  return pieces.map((piece, index) => (index === 0 ? piece : { ...piece, columns }));
}

function codePieces(text: string, block: Block, rules: UnitRules): Piece[] {
  const whole = rules.tokens(text.slice(block.start, block.end)) <= rules.maxTokens;
  return whole ? [{ start: block.start, opening: 'block' }] : linePieces(text, block, 'code-line');
}

const PIECES: Readonly<Record<BlockKind, (text: string, block: Block, rules: UnitRules) => Piece[]>> = {
  heading: (_text, block) => [{ start: block.start, opening: 'heading' }],
  paragraph: sentencePieces,
  quote: sentencePieces,
  turn: sentencePieces,
  list: (text, block) => linePieces(text, block, 'item'),
  table: tablePieces,
  code: codePieces,
};

/** Tells, block after block, whether a page begins with it; `part` is a named one: a slide or a sheet. */
function pageOpenings(pages: readonly PageStart[]) {
  let next = 0;
  return (block: Block, previous: Block | undefined): Opening | undefined => {
    let opening: Opening | undefined;
    for (let page = pages[next]; page !== undefined && page.start <= block.start; page = pages[++next]) {
      if (previous === undefined || page.start < previous.end) continue;
      opening = page.label === undefined ? 'page' : 'part';
    }
    return opening;
  };
}

function openingOf(piece: Piece, previous: Block | undefined, page: Opening | undefined): Opening {
  if (page === 'part') return 'part';
  if (piece.opening === 'heading') return 'heading';
  if (previous?.kind === 'heading') return 'after-heading';
  return page ?? piece.opening;
}

/** What holds at the start of a text that is the middle of a document. */
export interface TextStart {
  readonly above: HeadingPath;
  /** The first row of the table that goes on at the start. */
  readonly columns?: string;
}

function piecesOf(
  text: string,
  block: Block,
  rules: UnitRules,
  columns: string | undefined,
): readonly Piece[] {
  const pieces = PIECES[block.kind](text, block, rules);
  return columns === undefined || block.kind !== 'table'
    ? pieces
    : pieces.map((piece) => ({ ...piece, columns }));
}

/** Cuts a document into its units; time grows linearly with the text. */
export function textUnits(document: ExtractedDocument, rules: UnitRules, from: TextStart): Unit[] {
  const { text } = document;
  const blocks = solidBlocks(document);
  const units: Unit[] = [];
  const pageOpening = pageOpenings(document.pages);
  let path = from.above;
  for (const [index, block] of blocks.entries()) {
    const previous = blocks[index - 1];
    if (block.kind === 'heading') path = below(path, block, text);
    const headings = path.map((heading) => heading.text);
    const page = pageOpening(block, previous);
    const pieces = piecesOf(text, block, rules, index === 0 ? from.columns : undefined);
    for (const [at, piece] of pieces.entries()) {
      const opening = at === 0 ? openingOf(piece, previous, page) : piece.opening;
      const end = pieces[at + 1]?.start ?? blocks[index + 1]?.start ?? text.length;
      const columns = piece.columns === undefined ? {} : { columns: piece.columns };
      const parts = cutLong(text, { start: piece.start, end }, rules);
      units.push(
        ...parts.map(
          (part, nth) =>
            ({ ...part, opening: nth === 0 ? opening : 'inside', headings, ...columns }) satisfies Unit,
        ),
      );
    }
  }
  return units;
}
