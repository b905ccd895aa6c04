import snowball from 'snowball-stemmers';
import { lowerCase, withoutAccents } from '../core/fold-text.ts';
import { stemIndonesian } from './stem-indonesian.ts';
import { LINK_WORDS, STOP_WORDS } from './stop-words.ts';
import { wordParts } from './tokens.ts';

/** How a word becomes terms: by language where we know one, else by its letters alone. */
export type WordForm = 'en' | 'ru' | 'id' | 'it' | 'plain';

interface FormRules {
  readonly stopWords: ReadonlySet<string>;
  readonly stem: (word: string) => string;
  /** Character 4-grams beside the stem: they carry what affix rules miss (XQuAD ru, FacQA; docs/benchmarks.md). */
  readonly grams: boolean;
}

const NONE: ReadonlySet<string> = new Set();
const english = snowball.newStemmer('english');
const russian = snowball.newStemmer('russian');
const italian = snowball.newStemmer('italian');

const RULES = {
  en: { stopWords: STOP_WORDS.en, stem: (word) => english.stem(word), grams: false },
  ru: { stopWords: STOP_WORDS.ru, stem: (word) => russian.stem(word), grams: true },
  id: { stopWords: STOP_WORDS.id, stem: stemIndonesian, grams: true },
  it: { stopWords: STOP_WORDS.it, stem: (word) => italian.stem(word), grams: false },
  plain: { stopWords: NONE, stem: (word) => word, grams: true },
} as const satisfies Record<WordForm, FormRules>;

const GRAM = 4;
/** Begins a character 4-gram, so that it never counts as the word of the same letters. */
const GRAM_MARK = '~';

/** True for a character 4-gram, false for a word. */
export const isGram = (term: string): boolean => term.startsWith(GRAM_MARK);

/** Scripts written without spaces: their words are found by pairs of characters. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/u;
const CYRILLIC = /\p{Script=Cyrillic}/u;
const LATIN = /\p{Script=Latin}/u;
const ORDINAL = /^(\d+)(?:st|nd|rd|th)$/u;
/** Articles and prepositions that Italian and French join to the next word. */
const ELISION = /^(?:l|d|un|gl|all|dall|dell|nell|sull|quell|quest)'(?=\p{L}{2})/u;
const GROUPED = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/u;

function runs(word: string, length: number): string[] {
  const letters = Array.from(word);
  if (letters.length <= length) return [word];
  return letters.slice(length - 1).map((_, i) => letters.slice(i, i + length).join(''));
}

function numberTerms(token: string): string[] {
  if (/^\d{4}-/u.test(token)) return [token, token.slice(0, 4)];
  if (GROUPED.test(token)) return [token.replaceAll(',', '')];
  return [token.replaceAll(',', '.')];
}

function spokenTerms(word: string, form: WordForm): string[] {
  const rules: FormRules = RULES[form];
  if (rules.stopWords.has(word) || LINK_WORDS.has(word)) return [];
  const bare = word.replace(ELISION, '');
  if (rules.stopWords.has(bare)) return [];
  const stem = withoutAccents(rules.stem(bare)).replaceAll("'", '');
  if (!rules.grams) return [stem];
  const plain = withoutAccents(bare).replaceAll("'", '');
  if (plain.length < GRAM) return [stem];
  return [stem, ...runs(plain, GRAM).map((gram) => GRAM_MARK + gram)];
}

function partTerms(part: string, form: WordForm): string[] {
  const word = lowerCase(part);
  if (UNSPACED.test(word)) return runs(word, 2);
  if (CYRILLIC.test(word)) return spokenTerms(word, 'ru');
  if (LATIN.test(word)) return spokenTerms(word, form);
  return /\p{L}/u.test(word) ? spokenTerms(word, 'plain') : [word];
}

/** Terms of one token of `tokens()`; none for a grammar word. */
export function tokenTerms(token: string, form: WordForm): string[] {
  if (/^\d+[^\p{L}]/u.test(token)) return numberTerms(token);
  const ordinal = ORDINAL.exec(token);
  if (ordinal?.[1] !== undefined) return [ordinal[1]];
  const parts = wordParts(token);
  const whole = partTerms(token, form);
  return parts.length === 1 ? whole : [...whole, ...parts.flatMap((part) => partTerms(part, form))];
}
