import { detectLanguage } from '../../memory/language.ts';
import { sentences } from '../../memory/sentences.ts';
import type { Hit } from '../../wire/recall.ts';
import type { Citation } from '../../wire/sessions.ts';
import { openingOf } from '../answer/compose-answer.ts';
import { evidence, supports } from '../generate/support.ts';

/** A longer answer is looked at so far; each sentence is held against each memory. */
const MOST_SENTENCES = 60;

/**
 * The memories an answer rests on: those whose words support one of its sentences. Kept with the answer, so that it goes
 * when they are forgotten.
 */
export function restsOn(answer: string, memories: readonly Hit[]): Citation[] {
  if (memories.length === 0) return [];
  const language = detectLanguage(answer);
  const claims = sentences(answer)
    .slice(0, MOST_SENTENCES)
    .map(({ start, end }) => ({ text: answer.slice(start, end), language }));
  const used = memories.filter((hit) => {
    const terms = evidence(hit);
    return claims.some((claim) => supports(hit, terms, claim));
  });
  return used.map((hit, index) => openingOf(hit, index + 1));
}
