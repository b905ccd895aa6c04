import type { QueryTerm } from '../ports/memory-store.ts';
import { searchTerms } from './analyser.ts';
import { detectLanguage } from './language.ts';
import { askedRole, type AskedRole } from './query-role.ts';
import { namedTime, type NamedTime } from './query-time.ts';

/** A question as it was read, before anything was looked up. */
export interface ReadQuestion {
  readonly text: string;
  /** ISO 639-1; `undefined` when unclear. */
  readonly language: string | undefined;
  /** What to search for; the question's own words weigh 1. */
  readonly terms: readonly QueryTerm[];
  readonly time: NamedTime | undefined;
  /** The question asks what was said at a time counted from now, so little else can answer it. */
  readonly asksWhatWasSaid: boolean;
  readonly askedRole: AskedRole;
}

const SAID =
  /\b(?:sa(?:y|id|ying)|t(?:ell|old)|talk(?:ed|ing)?|mention(?:ed)?|discuss(?:ed|ing)?|ask(?:ed)?|wr(?:ite|ote)|chat(?:ted)?|spoke|bilang|katakan|bicarakan|bahas|tanyakan|ceritakan|tulis|detto|parlato|discusso|chiesto|scritto|raccontato)\b|говори|сказал|обсужда|спраш|спросил|писал|рассказ|упомин/iu;

/** Reads language, words, time and whom a question is about. `now` in ms since the epoch. */
export function readQuestion(text: string, now: number): ReadQuestion {
  const language = detectLanguage(text);
  const time = namedTime(text, language, now);
  return {
    text,
    language,
    terms: searchTerms(text, language),
    time,
    asksWhatWasSaid: time?.relative === true && SAID.test(text),
    askedRole: askedRole(text),
  };
}
