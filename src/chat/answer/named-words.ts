import { analyse, queryTerms } from '../../memory/analyser.ts';
import { isGram } from '../../memory/stem.ts';
import { tokens } from '../../memory/tokens.ts';
import type { Hit } from '../../wire/recall.ts';

const BEGINS_SENTENCE = /(?:^|[.!?…:;]\s)[\s"'’“«„([]*$/u;
const NAME = /^\p{Lu}/u;
/** Capitals, digits or both inside a word (`JavaScript`, `gpt4`), and years: names wherever they stand. */
const ALWAYS_NAME = /\p{L}\p{M}*\p{Lu}|\p{L}\p{M}*\p{Nd}|\p{Nd}\p{L}|^\p{Nd}{4}/u;
const ENGLISH_I = /^I(?:['’]|$)/u;

/**
 * The words of a question that name what it is about: capitalised ones that do not begin a sentence, all in capitals, in
 * camel case, with digits, years. In order, each once. The words of `timeText` are left out: recall has judged them by
 * the time of each item, which need not write it.
 */
export function namedWords(question: string, language: string | undefined, timeText = ''): string[] {
  const text = question.normalize('NFKC');
  const timed = new Set(tokens(timeText));
  const named = new Set<string>();
  let from = 0;
  for (const token of tokens(text)) {
    const at = text.indexOf(token, from);
    from = at + token.length;
    const names =
      ALWAYS_NAME.test(token) ||
      (NAME.test(token) && !ENGLISH_I.test(token) && !BEGINS_SENTENCE.test(text.slice(0, at)));
    if (names && !timed.has(token) && queryTerms(token, language).length > 0) named.add(token);
  }
  return [...named];
}

/** Names change their ends (`Варшава`, `варшавский`) more than stems forgive; this share of the 4-grams is the name. */
const SAME_NAME = 0.6;

/** Whether terms have a word, in whatever form; names may differ more at their ends. */
export function hasWord(terms: ReadonlySet<string>, word: string, language: string): boolean {
  const asked = queryTerms(word, language).map(({ term }) => term);
  const grams = asked.filter(isGram);
  return (
    asked.some((term) => !isGram(term) && terms.has(term)) ||
    (grams.length > 1 && grams.filter((gram) => terms.has(gram)).length >= SAME_NAME * grams.length)
  );
}

/**
 * Share of the question's named words, each with its weight, that a hit has in its text, as its author, or in the name
 * of its document or conversation: 0 to 1, and 1 when the question names nothing.
 */
export function namedShare(
  names: ReadonlyMap<string, number>,
  { text, language = 'en', place }: Hit,
): number {
  if (names.size === 0) return 1;
  const terms = new Set(analyse(`${place.author ?? ''}\n${place.name}\n${text}`, language).split(' '));
  let all = 0;
  let found = 0;
  for (const [word, weight] of names) {
    all += weight;
    if (hasWord(terms, word, language)) found += weight;
  }
  return found / all;
}
