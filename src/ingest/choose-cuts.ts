import type { Opening, Unit } from './text-units.ts';

/** Size of chunks in estimated tokens. */
export interface ChunkSizes {
  readonly target: number;
  /** Chunks below this are crumbs: joined with a neighbour where anything else allows it. */
  readonly min: number;
  readonly max: number;
}

/** 220 tokens are about 1 KB of English; 256 is what the bundled embedder reads. */
export const CHUNK_SIZES: ChunkSizes = { target: 220, min: 60, max: 256 };

/**
 * Price of beginning a chunk at each kind of place, on the scale of `sizeCost` (0 on target, 0.5 at a quarter of it):
 * below zero a cut is wanted for its own sake, above it must be bought by better sizes.
 */
const OPENING_COST: Readonly<Record<Opening, number>> = {
  heading: -1.2,
  // A citation names a slide or sheet by its number: two share a chunk only when both are next to nothing.
  part: -4,
  page: -0.15,
  turn: -0.05,
  block: 0,
  item: 0.08,
  row: 0.1,
  sentence: 0.15,
  'code-line': 0.5,
  inside: 0.8,
  'after-heading': 3,
};

/** What one point of topic shift takes off the price of a cut: 1 finds 64 % (en) and 60 % (ru) of the seams of joined XQuAD paragraphs at
 * a mean of 200 tokens, 0 finds 13 % and 34 %, 3 finds 75 % but makes small chunks. */
const SHIFT_WEIGHT = 1;
const CRUMB_WEIGHT = 3;

interface Fit {
  readonly end: number;
  readonly sizes: ChunkSizes;
}

interface Last {
  readonly begin: number;
  readonly cost: number;
}

function sizeCost(tokens: number, sizes: ChunkSizes): number {
  const off = (tokens - sizes.target) / sizes.target;
  const crumb = Math.max(0, sizes.min - tokens) / sizes.min;
  return off * off + CRUMB_WEIGHT * crumb;
}

/** The cheapest last chunk that ends before unit `end`, given the best price of everything before each unit. */
function bestLast(units: readonly Unit[], places: readonly number[], best: Float64Array, fit: Fit): Last {
  let last: Last = { begin: fit.end - 1, cost: Infinity };
  let tokens = 0;
  for (let begin = fit.end - 1; begin >= 0; begin--) {
    tokens += units[begin]?.tokens ?? 0;
    if (tokens > fit.sizes.max && begin < fit.end - 1) break;
    const cost = (best[begin] ?? 0) + (places[begin] ?? 0) + sizeCost(tokens, fit.sizes);
    if (cost < last.cost) last = { begin, cost };
  }
  return last;
}

/**
 * Where chunks begin: indexes of units, the first is 0. Of all ways to cut, the one with the smallest sum of prices for
 * sizes and places (dynamic programming over the last cut), so no early choice leaves a crumb behind. No chunk
 * is above `sizes.max` unless one unit alone is.
 */
export function chooseCuts(units: readonly Unit[], shifts: readonly number[], sizes: ChunkSizes): number[] {
  const places = units.map(({ opening }, index) =>
    index === 0 ? 0 : OPENING_COST[opening] - SHIFT_WEIGHT * (shifts[index] ?? 0),
  );
  const best = new Float64Array(units.length + 1);
  const begins = new Int32Array(units.length + 1);
  for (let end = 1; end <= units.length; end++) {
    const { begin, cost } = bestLast(units, places, best, { end, sizes });
    best[end] = cost;
    begins[end] = begin;
  }
  const cuts: number[] = [];
  for (let end = units.length; end > 0; end = begins[end] ?? 0) cuts.push(begins[end] ?? 0);
  return cuts.reverse();
}
