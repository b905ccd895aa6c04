import type { Passage } from './passages.ts';
import type { Rated } from './rate-passages.ts';

const MOST = 6;
/** Room for quotes, in UTF-16 code units; the best one always has room. */
const MOST_CHARACTERS = 900;
/** A further passage must reach this share of the best one's score. */
const NEAR_BEST = 0.7;
/** Passages that share this much of the shorter one's terms say the same. */
const SAME = 0.75;

function saysTheSame(a: Passage, b: Passage): boolean {
  const [short, long] = a.terms.size <= b.terms.size ? [a.terms, b.terms] : [b.terms, a.terms];
  let shared = 0;
  for (const term of short) if (long.has(term)) shared++;
  return shared >= SAME * short.size;
}

/** The passages an answer quotes: the best, then those nearly as good that say something else; 1 to 6, best first. */
export function choosePassages(rated: readonly Rated[]): Rated[] {
  const chosen: Rated[] = [];
  let room = MOST_CHARACTERS;
  const enough = (rated[0]?.score ?? 0) * NEAR_BEST;
  for (const candidate of rated) {
    const { passage, score } = candidate;
    if (chosen.length === MOST || score < enough) break;
    const fits = passage.quote.length <= room || chosen.length === 0;
    if (!fits || chosen.some((other) => saysTheSame(other.passage, passage))) continue;
    chosen.push(candidate);
    room -= passage.quote.length;
  }
  return chosen;
}
