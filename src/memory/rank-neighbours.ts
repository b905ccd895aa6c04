import type { Candidate } from '../ports/memory-store.ts';
import type { RankWeights } from './rank-weights.ts';

/** A candidate with its own score by words and meaning, which is what it can lend. */
export interface Scored {
  readonly candidate: Candidate;
  readonly words: number;
  readonly meaning: number;
}

/** Finds a candidate by its session or document and its position there; `undefined` when it is none. */
export type PlaceLookup = (container: string, position: number) => Scored | undefined;

/** What a message or a chunk stands in; other kinds stand nowhere. */
function containerOf({ kind, sessionId, documentId }: Candidate): string | undefined {
  if (kind === 'message') return sessionId;
  return kind === 'chunk' ? documentId : undefined;
}

/** Messages by session and position, chunks by document and position. */
export function placesOf(scored: readonly Scored[]): PlaceLookup {
  const containers = new Map<string, Map<number, Scored>>();
  for (const one of scored) {
    const name = containerOf(one.candidate);
    if (name === undefined) continue;
    const container = containers.get(name);
    if (container) container.set(one.candidate.position, one);
    else containers.set(name, new Map([[one.candidate.position, one]]));
  }
  return (container, position) => containers.get(container)?.get(position);
}

/** What a neighbour lends: nothing when it is below average, so a poor neighbour is never worse than none. */
const lent = (one: Scored | undefined) => (one === undefined ? 0 : Math.max(0, one.words + one.meaning));

/** Score lent by the turns around a message in its session, or by the chunks around a chunk in its document. */
export function neighbourScore({ candidate }: Scored, places: PlaceLookup, weights: RankWeights): number {
  const container = containerOf(candidate);
  if (container === undefined) return 0;
  const at = (offset: number) => lent(places(container, candidate.position + offset));
  if (candidate.kind === 'chunk') return weights.chunkNeighbour * (at(-1) + at(1));
  return weights.before * at(-1) + weights.after * at(1) + weights.twoAway * (at(-2) + at(2));
}

/**
 * Between people: a question lends score to the next turn of another person, which probably answers it, and steps back
 * itself, since it rarely tells anything.
 */
export function answeringScore({ candidate }: Scored, places: PlaceLookup, weights: RankWeights): number {
  const { role, author, sessionId, position, asks } = candidate;
  if (role !== 'person' || sessionId === undefined) return 0;
  const before = places(sessionId, position - 1);
  const answers = before?.candidate.asks === true && before.candidate.author !== author;
  return (answers ? weights.answering * lent(before) : 0) - (asks ? weights.asking : 0);
}
