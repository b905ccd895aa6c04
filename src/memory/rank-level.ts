import type { Candidate } from '../ports/memory-store.ts';
import type { Signals } from '../wire/recall.ts';

export interface Signalled {
  readonly candidate: Candidate;
  readonly signals: Signals;
}

/** What a place in a conversation brings beside words and meaning; documents have next to nothing of it. */
const OF_PLACE = ['neighbours', 'role', 'answering'] as const satisfies readonly (keyof Signals)[];

/** So many of the best of a side, by words and meaning, tell what is usual on it. */
const BEST = 20;

const found = ({ signals }: Signalled) => signals.words + signals.meaning;

/** What is usual on one side, part by part. */
function usual(side: readonly Signalled[]): Record<(typeof OF_PLACE)[number], number> {
  const best = side.toSorted((a, b) => found(b) - found(a)).slice(0, BEST);
  const mean = (part: keyof Signals) =>
    best.reduce((sum, { signals }) => sum + signals[part], 0) / best.length;
  return { neighbours: mean('neighbours'), role: mean('role'), answering: mean('answering') };
}

function less<T extends Signalled>(one: T, usual: Record<(typeof OF_PLACE)[number], number>): T {
  const signals = { ...one.signals };
  for (const part of OF_PLACE) signals[part] -= usual[part];
  return { ...one, signals };
}

/**
 * Lets documents and conversations meet on one level: what its place gives a message counts only above what places give
 * the best messages, and likewise for chunks. Else every message would stand above every document. The order within
 * each side stays as it is; with one side alone nothing changes.
 */
export function level<T extends Signalled>(candidates: readonly T[]): readonly T[] {
  const { chunk = [], other = [] } = Object.groupBy(candidates, ({ candidate }) =>
    candidate.kind === 'chunk' ? 'chunk' : 'other',
  );
  if (chunk.length === 0 || other.length === 0) return candidates;
  const [ofChunks, ofOthers] = [usual(chunk), usual(other)];
  return candidates.map((one) => less(one, one.candidate.kind === 'chunk' ? ofChunks : ofOthers));
}
