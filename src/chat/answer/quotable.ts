import { sentences, type Span } from '../../memory/sentences.ts';
import { leadIn, type LeadIn } from './lead-ins.ts';
import { recordOf, tableRows } from './table-rows.ts';

/** A sentence, or the row of a table, that may be quoted alone. */
export interface Quotable extends Span {
  /** Headings and names of columns it stands under: not part of it, but part of what it is about. */
  readonly under: string;
  /** How it reads in a sentence, where that is not as it stands. */
  readonly shown?: string;
}

/** Blank lines apart; the blocks themselves cover all but white space. */
const BLOCK = /\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*/gu;

function quotesIn(block: string, under: string): Quotable[] {
  const rows = tableRows(block);
  if (rows !== undefined)
    return rows.map(({ header, ...row }) => ({ ...row, under: `${under} ${header}`.trim() }));
  const record = recordOf(block);
  if (record !== undefined) return [{ start: 0, end: block.length, under, shown: record }];
  return sentences(block)
    .filter(({ start, end }) => leadIn(block.slice(start, end), false)?.kind !== 'greeting')
    .map((span) => ({ ...span, under }));
}

interface Block {
  readonly text: string;
  readonly start: number;
  readonly lead: LeadIn | undefined;
}

function blocksOf(text: string, written: boolean): Block[] {
  const blocks = [...text.matchAll(BLOCK)].map(({ 0: block, index }) => ({
    text: block,
    start: index,
    lead: leadIn(block, written),
  }));
  // Short lines with nothing below them head nothing: a list, or all there is.
  const last = blocks.findLastIndex(
    ({ text: block, lead }) => lead === undefined || lead.length < block.length,
  );
  return blocks.map((block, index) =>
    index > last && block.lead?.kind === 'guessed-heading' ? { ...block, lead: undefined } : block,
  );
}

/**
 * What of a text may be quoted, in order, as offsets into it: sentences, and rows of tables. Headings, greetings and the
 * head of a quoted mail never stand alone; headings and column names are told with what stands under them. `written` is
 * true for documents, where a short line over a paragraph is its heading even without a mark.
 */
export function quotable(text: string, written: boolean): Quotable[] {
  const found: Quotable[] = [];
  let under: string[] = [];
  let heading = false;
  for (const { text: block, start, lead } of blocksOf(text, written)) {
    const body = lead === undefined ? block : block.slice(lead.length);
    if (lead !== undefined && lead.kind !== 'greeting') under = [...(heading ? under : []), lead.words];
    const from = start + block.length - body.length;
    const quotes = quotesIn(body, under.join(' '));
    for (const quote of quotes) found.push({ ...quote, start: from + quote.start, end: from + quote.end });
    heading = lead !== undefined && body.trim() === '';
  }
  return found;
}
