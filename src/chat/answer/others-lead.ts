import { analyse } from '../../memory/analyser.ts';
import { isGram } from '../../memory/stem.ts';
import type { Passage } from './passages.ts';
import type { Rated } from './rate-passages.ts';

/** Whether somebody else says it, of themselves as far as can be seen. */
function isOthers({ hit, asks, terms }: Passage, speaker: string): boolean {
  const { author } = hit.place;
  if (asks || author === undefined || author === speaker) return false;
  const names = analyse(speaker, hit.language).split(' ');
  return !names.some((name) => !isGram(name) && terms.has(name));
}

/**
 * How far the best of what others say of themselves is ahead of the best of all else, by score, when the question is
 * about one speaker: above 0, somebody answers it who was not asked about. `undefined` when it is about no speaker.
 */
export function othersLead(rated: readonly Rated[], speaker: string | undefined): number | undefined {
  if (speaker === undefined) return undefined;
  let others = 0;
  let own = 0;
  for (const { passage, score } of rated)
    if (isOthers(passage, speaker)) others = Math.max(others, score);
    else if (!passage.asks) own = Math.max(own, score);
  return others - own;
}
