import type { Candidate } from '../ports/memory-store.ts';
import type { Signals } from '../wire/recall.ts';
import type { AskedRole } from './query-role.ts';
import { level } from './rank-level.ts';
import { answeringScore, neighbourScore, placesOf, type Scored } from './rank-neighbours.ts';
import { standardise } from './rank-standardise.ts';
import { RANK_WEIGHTS, type RankWeights } from './rank-weights.ts';

/** What ranking must know of a question. */
export interface RankQuestion {
  /** The one author the question names. */
  readonly speaker?: string | undefined;
  readonly askedRole: AskedRole;
  /** Time the question names, ms since the epoch, `to` exclusive; `said` when it asks what was said then. */
  readonly time?: { readonly from: number; readonly to: number; readonly said: boolean } | undefined;
  /** Whether the embedder knows a language; of an item without one, `undefined` is asked. */
  readonly knows: (language: string | undefined) => boolean;
  readonly language?: string | undefined;
}

/** A candidate in its place. */
export interface Ranked {
  readonly candidate: Candidate;
  /** Sum of the signals. */
  readonly score: number;
  readonly signals: Signals;
}

const timeOf = (candidate: Candidate) => candidate.eventTime ?? candidate.createdAt;

function scoreAll(candidates: readonly Candidate[], question: RankQuestion, weights: RankWeights): Scored[] {
  const words = standardise(candidates.map((candidate) => candidate.words));
  const meaning = standardise(candidates.map((candidate) => candidate.cosines[0]));
  const asked = question.knows(question.language);
  return candidates.map((candidate, i) => {
    const known = asked && question.knows(candidate.language);
    return {
      candidate,
      words: weights.words * (words[i] ?? 0),
      meaning: (known ? weights.meaning : weights.foreignMeaning) * (meaning[i] ?? 0),
    };
  });
}

/** Half for the side that is asked for, half against the other, so documents and persons stay in between. */
function roleScore({ role }: Candidate, askedRole: AskedRole, weights: RankWeights): number {
  if (askedRole === 'both' || (role !== 'user' && role !== 'assistant')) return 0;
  return role === askedRole ? weights.role / 2 : -weights.role / 2;
}

function timeScore(candidate: Candidate, { time }: RankQuestion, weights: RankWeights): number {
  if (time === undefined) return 0;
  const said = timeOf(candidate);
  if (said < time.from || said >= time.to) return 0;
  return time.said ? weights.saidTime : weights.time;
}

function compare(a: Ranked, b: Ranked): number {
  if (a.score !== b.score) return b.score - a.score;
  const newer = timeOf(b.candidate) - timeOf(a.candidate);
  if (newer !== 0) return newer;
  return a.candidate.id < b.candidate.id ? -1 : 1;
}

/**
 * Orders candidates by their signals alone, best first, so every backend that gives the same signals gets the same
 * order, whatever order they came in. Words and meaning are standardised over the candidates, the rest is added in
 * standard deviations. Ties: newer first, then by id.
 */
export function rank(
  candidates: readonly Candidate[],
  question: RankQuestion,
  weights: RankWeights = RANK_WEIGHTS,
): Ranked[] {
  // Sums of floating point numbers depend on their order; a fixed one makes the scores the same for any backend.
  const ordered = candidates.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const scored = scoreAll(ordered, question, weights);
  const places = placesOf(scored);
  const signalled = scored.map((one) => {
    const { candidate, words, meaning } = one;
    const named = question.speaker !== undefined && candidate.author === question.speaker;
    const signals: Signals = {
      words,
      meaning,
      neighbours: neighbourScore(one, places, weights),
      role: roleScore(candidate, question.askedRole, weights),
      speaker: named ? weights.speaker : 0,
      answering: answeringScore(one, places, weights),
      time: timeScore(candidate, question, weights),
    };
    return { candidate, signals };
  });
  return level(signalled)
    .map(({ candidate, signals }): Ranked => {
      const score = Object.values(signals).reduce((sum, part) => sum + part, 0);
      return { candidate, score, signals };
    })
    .sort(compare);
}
