import { analyse } from '../memory/analyser.ts';
import { sentences } from '../memory/sentences.ts';

const MOST_CHARACTERS = 280;
/** Messages that are looked at, from the beginning. */
const MOST_MESSAGES = 200;
/** A sentence beyond this is seldom a summary of anything. */
const LONG_SENTENCE = 200;

/** One line of at most 280 characters, cut at a sentence's end where that leaves half of it, else at a word. */
export function cutLine(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  if (line.length <= MOST_CHARACTERS) return line;
  const end = sentences(line).findLast((span) => span.end <= MOST_CHARACTERS)?.end ?? 0;
  if (end > MOST_CHARACTERS / 2) return line.slice(0, end);
  const blank = line.lastIndexOf(' ', MOST_CHARACTERS - 1);
  const whole = line.slice(0, blank > MOST_CHARACTERS / 2 ? blank : MOST_CHARACTERS - 1);
  return `${whole.replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

function sentencesOf(text: string): string[] {
  return sentences(text).map(({ start, end }) => text.slice(start, end).replaceAll(/\s+/gu, ' '));
}

/** How much of what the texts keep coming back to is in a sentence: the terms it shares with other texts. */
function tellingness(sentence: string, textsWith: ReadonlyMap<string, number>): number {
  const terms = new Set(analyse(sentence).split(' '));
  return (
    [...terms].reduce((sum, term) => sum + Math.max(0, (textsWith.get(term) ?? 0) - 1), 0) /
    Math.sqrt(terms.size)
  );
}

/**
 * One line about what was said, without a model: the first sentence, and the one that tells most of what was come back
 * to; at most 280 characters, empty for no words.
 */
export function oneLineSummary(texts: readonly string[]): string {
  const read = texts.slice(0, MOST_MESSAGES);
  const [first = '', ...others] = read.flatMap(sentencesOf);
  const textsWith = new Map<string, number>();
  for (const text of read)
    for (const term of new Set(analyse(text).split(' '))) textsWith.set(term, (textsWith.get(term) ?? 0) + 1);
  let best = { sentence: '', telling: 0 };
  for (const sentence of others) {
    if (sentence === first || sentence.length > LONG_SENTENCE) continue;
    const telling = tellingness(sentence, textsWith);
    if (telling > best.telling) best = { sentence, telling };
  }
  const both = `${first} ${best.sentence}`.trim();
  return both.length <= MOST_CHARACTERS ? both : cutLine(first);
}
