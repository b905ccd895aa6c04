import { detectAll } from 'tinyld';
import { STOP_WORDS } from './stop-words.ts';

/** Enough text to be sure, little enough to be quick. */
const SAMPLE_CHARACTERS = 400;
/** tinyld guesses on less; a wrong language is worse than none. */
const MIN_LETTERS = 12;
/** What tinyld must give its first guess, and how far the second must be behind. */
const MIN_ACCURACY = 0.1;
const MIN_LEAD = 1.5;
/** From a short text only these are believed; tinyld finds Kirundi and Irish in English greetings. */
const COMMON: ReadonlySet<string> = new Set(
  'en ru id it de fr es pt nl pl uk tr zh ja ko ar he hi vi th cs sv da nb fi el ro hu bg'.split(' '),
);
const SHORT_LETTERS = 80;

const VOTED = ['en', 'id', 'it'] as const;
type Voted = (typeof VOTED)[number];

interface Vote {
  readonly language: Voted;
  readonly count: number;
  /** Ahead of the second. */
  readonly lead: number;
}

/** Counts grammar words that only one of the languages has. */
function vote(text: string): Vote {
  const counts = { en: 0, id: 0, it: 0 };
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+(?:'\p{L}+)*/gu)) {
    const [only, another] = VOTED.filter((language) => STOP_WORDS[language].has(word));
    if (only !== undefined && another === undefined) counts[only]++;
  }
  const [first = 'en', second = 'id'] = VOTED.toSorted((a, b) => counts[b] - counts[a]);
  return { language: first, count: counts[first], lead: counts[first] - counts[second] };
}

const letters = (text: string) => text.match(/\p{L}/gu)?.length ?? 0;

function guess(text: string): string | undefined {
  const length = letters(text);
  if (length < MIN_LETTERS) return undefined;
  const [first, second] = detectAll(text);
  if (first === undefined || first.accuracy < MIN_ACCURACY) return undefined;
  if (first.accuracy < (second?.accuracy ?? 0) * MIN_LEAD) return undefined;
  // Malay and Indonesian are one to us: same affixes, and short texts cannot be told apart.
  const language = first.lang === 'ms' ? 'id' : first.lang;
  return length >= SHORT_LETTERS || COMMON.has(language) ? language : undefined;
}

const CYRILLIC = /\p{Script=Cyrillic}/gu;
/** Letters of Russian that its neighbours lack, and the other way round. */
const RUSSIAN = /[ыэё]/iu;
const NOT_RUSSIAN = /[іїєґўјљњћђџ]/iu;

/** Short Cyrillic text is Russian unless its letters say otherwise. */
function cyrillicLanguage(text: string): string | undefined {
  if (NOT_RUSSIAN.test(text)) return guess(text);
  if (RUSSIAN.test(text) || letters(text) < SHORT_LETTERS) return 'ru';
  return guess(text) ?? 'ru';
}

/**
 * ISO 639-1 code of the language a text is written in; `undefined` when it is too short or unclear. Grammar words
 * decide for English and Indonesian (right for most chat messages, and quick), then tinyld, then a single grammar word.
 */
export function detectLanguage(text: string): string | undefined {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  if ((sample.match(CYRILLIC)?.length ?? 0) * 2 > letters(sample)) return cyrillicLanguage(sample);
  const { language, count, lead } = vote(sample);
  if (language !== 'it' && lead >= 2 && lead * 2 >= count) return language;
  return guess(sample) ?? (lead > 0 ? language : undefined);
}
