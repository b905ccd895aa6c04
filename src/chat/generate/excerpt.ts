import { sentences, type Span } from '../../memory/sentences.ts';
import { estimateTokens } from '../../memory/token-budget.ts';

const LEFT_OUT = '…';

/** How many of the words, in lower case, a text has. */
function countIn(text: string, words: readonly string[]): number {
  const lower = text.toLowerCase();
  return words.filter((word) => lower.includes(word)).length;
}

/** As much of a text's beginning as fits. */
function beginning(text: string, tokens: number): string {
  let end = Math.min(text.length, tokens * 4);
  while (end > 0 && estimateTokens(text.slice(0, end)) > tokens) end = Math.floor(end * 0.8);
  // Not in the middle of a character.
  return text.slice(0, end).replace(/[\uD800-\uDBFF]$/u, '');
}

/** The run of sentences round the one with most of the words; later ones first, for an answer follows its question. */
function widen(text: string, spans: readonly Span[], centre: number, tokens: number): Span | undefined {
  let [from, to] = [centre, centre];
  const runOf = (first: number, last: number): Span => ({
    start: spans[first]?.start ?? 0,
    end: spans[last]?.end ?? text.length,
  });
  const fits = ({ start, end }: Span) => estimateTokens(text.slice(start, end)) <= tokens;
  if (!fits(runOf(from, to))) return undefined;
  for (let grown = true; grown;) {
    grown = false;
    if (to + 1 < spans.length && fits(runOf(from, to + 1))) {
      to += 1;
      grown = true;
    }
    if (from > 0 && fits(runOf(from - 1, to))) {
      from -= 1;
      grown = true;
    }
  }
  return runOf(from, to);
}

/** Characters a token may take, and how much wider the part is that is looked at. */
const LOOKED_AT = 12;
const PLACES_OF_A_WORD = 8;

/** Where a word stands, the first few times. */
function placesOf(text: string, word: string): number[] {
  const places: number[] = [];
  for (
    let at = text.indexOf(word);
    at >= 0 && places.length < PLACES_OF_A_WORD;
    at = text.indexOf(word, at + 1)
  )
    places.push(at);
  return places;
}

/** The part of a long text that has most of the words: splitting all of it into sentences takes longer than recall. */
function partWith(text: string, words: readonly string[], size: number): Span {
  if (text.length <= size) return { start: 0, end: text.length };
  const lower = text.toLowerCase();
  const parts = words
    .flatMap((word) => placesOf(lower, word))
    .map((at) => {
      const start = Math.max(0, at - Math.floor(size / 4));
      return { start, end: start + size, count: countIn(lower.slice(start, start + size), words) };
    });
  const first = { start: 0, end: size, count: 0 };
  return parts.reduce((most, part) => (part.count > most.count ? part : most), first);
}

/** A text that fits, about: the whole, else the sentences round the one with most of the words, marked with … . */
export function excerpt(text: string, words: readonly string[], tokens: number): string {
  if (estimateTokens(text) <= tokens) return text;
  const asked = words.map((word) => word.toLowerCase());
  const part = partWith(text, asked, tokens * LOOKED_AT);
  const looked = text.slice(part.start, part.end);
  const spans = sentences(looked);
  const counts = spans.map(({ start, end }) => countIn(looked.slice(start, end), asked));
  const centre = Math.max(0, counts.indexOf(Math.max(...counts, 0)));
  const run = widen(looked, spans, centre, tokens);
  if (run === undefined) return `${beginning(looked.slice(spans[centre]?.start ?? 0), tokens)}${LEFT_OUT}`;
  const before = part.start + run.start === 0 ? '' : LEFT_OUT;
  const after = part.start + run.end >= text.trimEnd().length ? '' : LEFT_OUT;
  return `${before}${looked.slice(run.start, run.end)}${after}`;
}
