import type { Candidate } from '../ports/memory-store.ts';
import type { RankWeights } from './rank-weights.ts';

/** A candidate with its own score by words and meaning, which is what it can lend. */
export interface Scored {
  readonly candidate: Candidate;
  readonly words: number;
  readonly meaning: number;
}

/** Finds a message by its place; `undefined` when it is no candidate. */
export type PlaceLookup = (sessionId: string, position: number) => Scored | undefined;

/** Messages by session and position. Candidates that are no messages have no neighbours. */
export function placesOf(scored: readonly Scored[]): PlaceLookup {
  const sessions = new Map<string, Map<number, Scored>>();
  for (const one of scored) {
    const { kind, sessionId, position } = one.candidate;
    if (kind !== 'message' || sessionId === undefined) continue;
    const session = sessions.get(sessionId);
    if (session) session.set(position, one);
    else sessions.set(sessionId, new Map([[position, one]]));
  }
  return (sessionId, position) => sessions.get(sessionId)?.get(position);
}

/** What a neighbour lends: nothing when it is below average, so a poor neighbour is never worse than none. */
const lent = (one: Scored | undefined) => (one === undefined ? 0 : Math.max(0, one.words + one.meaning));

/** Score lent by the turns around a message of the same session. */
export function neighbourScore({ candidate }: Scored, places: PlaceLookup, weights: RankWeights): number {
  const { kind, sessionId, position } = candidate;
  if (kind !== 'message' || sessionId === undefined) return 0;
  const at = (offset: number) => lent(places(sessionId, position + offset));
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
