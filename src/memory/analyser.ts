import type { QueryTerm } from '../ports/memory-store.ts';
import { detectLanguage } from './language.ts';
import { isGram, tokenTerms, type WordForm } from './stem.ts';
import { tokens } from './tokens.ts';

/** Changes whenever the same text would give other terms; stored items of an older version are analysed again. */
export const ANALYSER_VERSION = 1;

/**
 * Constants of BM25, for every driver. Strong length normalisation: b 0.3 is better on LoCoMo's short turns and ruins
 * BEAM's long assistant messages, this pair serves both (docs/benchmarks.md).
 */
export const BM25 = { k1: 1.2, b: 0.75 } as const;

/** Distinct words remembered per language; about 2 MB, cleared when full. */
const REMEMBERED_WORDS = 20_000;

/** A part of a text keeps the whole text alive in V8; this copy of a word keeps only itself. */
const detached = (word: string) => ` ${word}`.slice(1);

/** A pure function that remembers what it gave, at most `limit` words. */
function remembering(make: (token: string) => readonly string[], limit: number) {
  const known = new Map<string, readonly string[]>();
  return (token: string): readonly string[] => {
    const before = known.get(token);
    if (before !== undefined) return before;
    const word = detached(token);
    const terms = make(word);
    if (known.size >= limit) known.clear();
    known.set(word, terms);
    return terms;
  };
}

const remembered = (form: WordForm) => remembering((token) => tokenTerms(token, form), REMEMBERED_WORDS);
/** Pure closures: the memory inside changes nothing but speed (stemming a word costs 6 µs, finding it 0.1 µs). */
const TERMS = {
  en: remembered('en'),
  ru: remembered('ru'),
  id: remembered('id'),
  it: remembered('it'),
  plain: remembered('plain'),
} as const satisfies Record<WordForm, (token: string) => readonly string[]>;

/** Form of words in Latin letters; an unknown language is read as English, the commonest in mixed chats. */
function formOf(language: string | undefined): WordForm {
  if (language === undefined || language === 'ru') return 'en';
  return language === 'en' || language === 'id' || language === 'it' ? language : 'plain';
}

/**
 * Terms of a text for storing, separated by single spaces, in text order with repeats. Cyrillic words are always
 * read as Russian, Latin ones by the language given or detected; names in Latin letters meet across languages.
 */
export function analyse(text: string, language: string | undefined = detectLanguage(text)): string {
  const termsOf = TERMS[formOf(language)];
  return tokens(text).flatMap(termsOf).join(' ');
}

/** Share of a whole word's score that one of its 4-grams counts (XQuAD ru, FacQA). */
const GRAM_WEIGHT = 0.25;
/** The same of a word read in another language than the question's: enough for names, too little for chance. */
const OTHER_FORM_WEIGHT = 0.5;

const FORMS = ['en', 'id', 'it', 'plain'] as const satisfies readonly WordForm[];

/** Distinct terms of a question, in order of first appearance, analysed as `analyse` does. */
export function queryTerms(text: string, language: string | undefined = detectLanguage(text)): QueryTerm[] {
  const terms = new Set(tokens(text).flatMap(TERMS[formOf(language)]));
  return [...terms].map((term) => ({ term, weight: isGram(term) ? GRAM_WEIGHT : 1 }));
}

/**
 * The terms of a question with what its words are in the other languages of Latin letters, so that names meet texts of
 * another language and a wrong guess of the language loses little. For searching; to weigh a text by how much of the
 * question it has, use `queryTerms`.
 */
export function searchTerms(text: string, language: string | undefined = detectLanguage(text)): QueryTerm[] {
  const own = queryTerms(text, language);
  const known = new Set(own.map(({ term }) => term));
  const content = tokens(text).filter((token) => TERMS[formOf(language)](token).length > 0);
  const others = new Set(FORMS.flatMap((form) => content.flatMap(TERMS[form])));
  const added = [...others].filter((term) => !known.has(term) && (language === undefined || !isGram(term)));
  return [...own, ...added.map((term) => ({ term, weight: isGram(term) ? GRAM_WEIGHT : OTHER_FORM_WEIGHT }))];
}

/** Enough to show why something was found. */
const MATCHED_WORDS = 20;

/** Words of a text, as written, that one of the question's whole words asked for; at most 20, in order, each once. */
export function matchedWords(
  text: string,
  language: string | undefined,
  terms: readonly QueryTerm[],
): string[] {
  const asked = new Set(terms.map(({ term }) => term).filter((term) => !isGram(term)));
  const termsOf = TERMS[formOf(language)];
  const matched = new Map<string, string>();
  for (const token of tokens(text)) {
    if (matched.size === MATCHED_WORDS) break;
    const key = token.toLowerCase();
    if (!matched.has(key) && termsOf(token).some((term) => asked.has(term))) matched.set(key, token);
  }
  return [...matched.values()];
}
