import { queryTerms } from '../../memory/analyser.ts';
import { isGram } from '../../memory/stem.ts';
import type { EarlierMessage } from '../answerer.ts';

/** A message with no more words of its own says little without what was asked before it. */
const FEW_WORDS = 2;
const EARLIER_CHARACTERS = 400;

/**
 * What to recall for a message: the message, and where it has hardly a word of its own (“And in May?”) with what the person
 * said before. Needs no model.
 */
export function recallQuestion(text: string, history: readonly EarlierMessage[]): string {
  const words = queryTerms(text).filter(({ term }) => !isGram(term));
  if (words.length > FEW_WORDS) return text;
  const before = history.findLast(({ role }) => role === 'user');
  return before === undefined ? text : `${before.text.slice(-EARLIER_CHARACTERS)}\n${text}`;
}
