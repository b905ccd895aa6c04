import type { WrittenLanguage } from '../../memory/readable-time.ts';
import type { Place } from '../../wire/recall.ts';
import type { Citation } from '../../wire/sessions.ts';
import { attributed } from './phrases.ts';
import type { Passage } from './passages.ts';

/** Quotes that stand together: of one document, or what one person said in one conversation on one day. */
interface Group {
  readonly place: Place;
  readonly quotes: Passage[];
}

const DAY_MS = 86_400_000;

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

function byPosition(a: Passage, b: Passage): number {
  return a.hit.place.position - b.hit.place.position || a.start - b.start;
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

/** On one line, without the marks of Markdown that make no sense inside a sentence. */
function readable(shown: string): string {
  return shown
    .replace(/^\s*(?:#{1,6}|[-*•]|>)\s+/u, '')
    .replaceAll(/\*\*|__|`/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

function citation(passage: Passage, marker: number): Citation {
  const { hit, start, end, quote } = passage;
  const base = hit.place.start ?? 0;
  const place = { ...hit.place, start: base + start, end: base + end };
  return { marker, itemId: hit.id, quote, place };
}

/**
 * Text and citations of the chosen passages in a readable order: one line a source, quotes in the order they stand,
 * each followed by its marker `[n]`; what was said is introduced by day and speaker in the question's language.
 */
export function composeAnswer(
  chosen: readonly Passage[],
  language: WrittenLanguage,
): { readonly text: string; readonly citations: Citation[] } {
  const citations: Citation[] = [];
  const lines = grouped(chosen).map(({ place, quotes }) => {
    const marked = quotes.map((passage) => {
      const cited = citation(passage, citations.length + 1);
      citations.push(cited);
      return `${readable(passage.shown)} [${cited.marker}]`;
    });
    const text = marked.join(' ');
    return place.kind === 'conversation' ? attributed(place, text, language) : text;
  });
  return { text: lines.join('\n'), citations };
}
