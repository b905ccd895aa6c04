import { analyse } from '../../memory/analyser.ts';
import { splitCaption } from '../../memory/caption.ts';
import { QUOTING_TAG } from '../../memory/message-items.ts';
import type { Hit } from '../../wire/recall.ts';
import { quotable, type Quotable } from './quotable.ts';

/** A sentence, or a row, of what was recalled: what an answer may quote. */
export interface Passage {
  readonly hit: Hit;
  /** Exactly as it stands in the hit's text. */
  readonly quote: string;
  /** How it reads in an answer. */
  readonly shown: string;
  /** It is what a picture shows, not what was said. */
  readonly picture: boolean;
  /** Offsets into the hit's text, UTF-16, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Its own words. */
  readonly terms: ReadonlySet<string>;
  /** Its own words, those of its headings and the name of who said it: what a question can be about. */
  readonly about: ReadonlySet<string>;
  readonly asks: boolean;
}

const ASKS = /[?？؟]["'”»)\]*_]*$/u;
const WORDS = /\p{L}|\p{N}/u;

/** What the user asked before says nothing, and an answer made of quotes repeats what it cites. */
function isEvidence(passage: Passage): boolean {
  return !(passage.asks && passage.hit.place.role === 'user') && WORDS.test(passage.quote);
}

const termsOf = (text: string, language: string | undefined): Set<string> =>
  new Set(
    analyse(text, language)
      .split(' ')
      .filter((term) => term !== ''),
  );

interface Piece extends Quotable {
  readonly picture: boolean;
}

/** The sentences of a message or chunk, then what its picture shows, as one piece. */
function piecesOf({ kind, text: whole }: Hit): Piece[] {
  const { text, caption } = kind === 'chunk' ? { text: whole } : splitCaption(whole);
  const pieces = quotable(text, kind === 'chunk').map((piece) => ({ ...piece, picture: false }));
  if (caption === undefined) return pieces;
  const start = text === '' ? 0 : text.length + 1;
  return [...pieces, { start, end: whole.length, under: '', shown: caption, picture: true }];
}

function ofHit(hit: Hit): Passage[] {
  const said = termsOf(hit.place.author ?? '', hit.language);
  return piecesOf(hit).map(({ start, end, under, shown, picture }) => {
    const quote = hit.text.slice(start, end);
    const terms = termsOf(picture ? (shown ?? quote) : quote, hit.language);
    const about = new Set([...terms, ...said, ...termsOf(under, hit.language)]);
    return { hit, quote, shown: shown ?? quote, picture, start, end, terms, about, asks: ASKS.test(quote) };
  });
}

/** The sentences of the hits, in the order of the hits, then of the text. */
export function passagesOf(hits: readonly Hit[]): Passage[] {
  return hits
    .filter(({ tags }) => !tags.includes(QUOTING_TAG))
    .flatMap(ofHit)
    .filter(isEvidence);
}
