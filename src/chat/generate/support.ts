import { analyse, queryTerms } from '../../memory/analyser.ts';
import { readableDay, readableTime, type WrittenLanguage } from '../../memory/readable-time.ts';
import { tokens } from '../../memory/tokens.ts';
import type { Hit } from '../../wire/recall.ts';
import { hasWord, namedWords } from '../answer/named-words.ts';

/** A sentence of an answer, in the language it is written in. */
export interface Claim {
  readonly text: string;
  readonly language: string | undefined;
}

/** Share of a claim's words that what it rests on must have; the rest are other words for the same. */
const ENOUGH = 0.25;
/** Names and numbers that must be there where none of the other words is. */
const SURE_WITHOUT_WORDS = 2;

const LANGUAGES: readonly WrittenLanguage[] = ['en', 'ru', 'id', 'it'];
const WEEKDAYS = LANGUAGES.map(
  (language) => new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }),
);
/** Elsewhere a capital letter need not be a name. */
const NAMES_IN: ReadonlySet<string> = new Set(LANGUAGES);
const NUMBER = /^\p{Nd}/u;
const MARKUP = /[*_#>|~]+|^\s*\d{1,3}[.)]\s/gmu;
/** One language may have been taken for another when the text is short. */
const SHORT_TEXT = 80;

/**
 * All words an item has for a claim: its text, what people said round it, who said it, when, and where it is from. What an
 * assistant said round it bears nothing out.
 */
function evidenceOf({ text, place, neighbours }: Hit): string {
  const times = [
    ...LANGUAGES.map((language) => readableDay(place.time, language)),
    ...WEEKDAYS.map((weekday) => weekday.format(place.time)),
  ];
  const page = place.page === undefined ? '' : String(place.page);
  const near = neighbours
    .filter(({ role }) => role !== 'assistant')
    .map(({ author = '', text: said }) => `${author} ${said}`);
  const where = [place.author ?? '', place.name, page, readableTime(place.time, 'id')];
  return [text, ...near, ...where, ...times].join('\n');
}

/** What an item has, as terms by the language of whoever asks; made once for each. */
export function evidence(hit: Hit): (language: string) => ReadonlySet<string> {
  const written = evidenceOf(hit);
  const made = new Map<string, ReadonlySet<string>>();
  return (language) => {
    const known = made.get(language);
    if (known) return known;
    const inBoth = [analyse(written, language), analyse(written, hit.language ?? language)];
    const terms = new Set(inBoth.flatMap((analysed) => analysed.split(' ')));
    made.set(language, terms);
    return terms;
  };
}

function numbersMatch(numbers: readonly string[], terms: ReadonlySet<string>, language: string): boolean {
  return numbers.every((number) => queryTerms(number, language).every(({ term }) => terms.has(term)));
}

/** Whether two texts are surely in different languages, so that their words cannot be compared. */
function foreign(claim: Claim, hit: Hit): boolean {
  const known = claim.language !== undefined && hit.language !== undefined && claim.language !== hit.language;
  return known && claim.text.length + hit.text.length > SHORT_TEXT;
}

/** The words of a claim that say something, by what they are. */
function partsOf(text: string, language: string) {
  const content = [...new Set(tokens(text))].filter((token) => queryTerms(token, language).length > 0);
  const numbers = content.filter((token) => NUMBER.test(token));
  const named = new Set(NAMES_IN.has(language) ? namedWords(text, language) : []);
  const names = content.filter((token) => named.has(token) && !NUMBER.test(token));
  const words = content.filter((token) => !named.has(token) && !NUMBER.test(token));
  return { numbers, names, words };
}

/**
 * Whether the words of an item support a claim: it has all its numbers and names, and enough of its other words. Where it
 * has none of those, as across languages or between `go` and `went`, more names and numbers must be there.
 */
export function supports(hit: Hit, termsIn: ReturnType<typeof evidence>, claim: Claim): boolean {
  const language = claim.language ?? hit.language ?? 'en';
  const terms = termsIn(language);
  const { numbers, names, words } = partsOf(claim.text.replaceAll(MARKUP, ' '), language);
  const has = (word: string) => hasWord(terms, word, language);
  if (!numbersMatch(numbers, terms, language) || !names.every(has)) return false;
  const sure = numbers.length + names.length;
  const found = words.filter(has).length;
  if (words.length === 0) return sure > 0;
  if (found === 0 && sure < (foreign(claim, hit) ? 1 : SURE_WITHOUT_WORDS)) return false;
  return (sure + found) / (sure + words.length) >= ENOUGH;
}
