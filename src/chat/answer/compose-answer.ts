import type { WrittenLanguage } from '../../memory/readable-time.ts';
import type { Hit, Place } from '../../wire/recall.ts';
import type { Citation } from '../../wire/sessions.ts';
import { attributed, pictured } from './phrases.ts';
import type { Passage } from './passages.ts';

/** Quotes that stand together: of one document, or what one person said in one conversation on one day. */
interface Group {
  readonly place: Place;
  readonly quotes: Passage[];
}

const DAY_MS = 86_400_000;
const QUOTE_CHARACTERS = 300;

function sourceOf({ place }: Passage['hit']): string {
  if (place.documentId !== undefined) return place.documentId;
  const speaker = `${place.role ?? ''}/${place.author ?? ''}`;
  return `${place.sessionId ?? ''}/${speaker}/${Math.floor(place.time / DAY_MS)}`;
}

/** Conversations in order of time after one another, documents in order of their best passage. */
function inOrder(a: Group, b: Group): number {
  const bothSaid = a.place.kind === 'conversation' && b.place.kind === 'conversation';
  return bothSaid ? a.place.time - b.place.time : 0;
}

/** What was said before what was shown, each in the order it stands. */
function byPosition(a: Passage, b: Passage): number {
  const shownLater = Number(a.picture) - Number(b.picture);
  return shownLater || a.hit.place.position - b.hit.place.position || a.start - b.start;
}

function grouped(chosen: readonly Passage[]): Group[] {
  const groups = new Map<string, Group>();
  for (const passage of chosen) {
    const key = sourceOf(passage.hit);
    const group = groups.get(key) ?? { place: passage.hit.place, quotes: [] };
    group.quotes.push(passage);
    groups.set(key, group);
  }
  const kindFirst = chosen[0]?.hit.place.kind;
  const all = [...groups.values()];
  const first = all.filter(({ place }) => place.kind === kindFirst).sort(inOrder);
  const rest = all.filter(({ place }) => place.kind !== kindFirst).sort(inOrder);
  for (const { quotes } of all) quotes.sort(byPosition);
  return [...first, ...rest];
}

/** Files without an ending are told by their content, and may be Markdown. */
const MARKDOWN_NAME = /\.(?:md|markdown|mdown|mkd)$|^[^.]+$/iu;
/** Not `__init__` in a code span, nor blanks to be filled in. */
const STRONG = /(?<![\p{L}\p{N}_`])__(?=[^\s_])([^_]+)(?<!\s)__(?![\p{L}\p{N}_`])/gu;

/** On one line, without the marks of Markdown that make no sense inside a sentence. */
function readable(shown: string, { place }: Passage['hit']): string {
  const marks = place.kind === 'conversation' || MARKDOWN_NAME.test(place.name);
  return (marks ? shown.replaceAll(STRONG, '$1').replaceAll(/\*\*|`/gu, '') : shown)
    .replace(/^\s*(?:#{1,6}|[-*•]|>)\s+/u, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** A passage as a citation, with its own place in what it is of. */
export function citationOf(passage: Passage, marker: number): Citation {
  const { hit, start, end, quote } = passage;
  const base = hit.place.start ?? 0;
  const place = { ...hit.place, start: base + start, end: base + end };
  return { marker, itemId: hit.id, quote, place };
}

/** A hit as a citation by its first words, where no passage of it stands out. */
export function openingOf({ id: itemId, text, place }: Hit, marker: number): Citation {
  return { marker, itemId, quote: text.slice(0, QUOTE_CHARACTERS), place };
}

/**
 * Text and citations of the chosen passages in a readable order: one line a source, quotes in the order they stand,
 * each followed by its marker `[n]`; what was said is introduced by day and speaker in the question's language, and
 * what a picture shows stands after it in brackets.
 */
export function composeAnswer(
  chosen: readonly Passage[],
  language: WrittenLanguage,
): { readonly text: string; readonly citations: Citation[] } {
  const citations: Citation[] = [];
  const lines = grouped(chosen).map(({ place, quotes }) => {
    const marked = quotes.map((passage) => {
      const cited = citationOf(passage, citations.length + 1);
      citations.push(cited);
      const shown = readable(passage.shown, passage.hit);
      return `${passage.picture ? pictured(shown, language) : shown} [${cited.marker}]`;
    });
    if (place.kind === 'document') return marked.join(' ');
    const words = quotes.filter(({ picture }) => !picture).length;
    const parts = { said: marked.slice(0, words).join(' '), pictures: marked.slice(words).join(' ') };
    return attributed(place, parts, language);
  });
  return { text: lines.join('\n'), citations };
}
