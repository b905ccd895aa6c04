import { normalise } from '../../src/core/vectors.ts';
import { randomFrom } from '../memory-store/synthetic-memory.ts';

/** Made-up vectors by number, the same in every run. */
export interface ScaleVectors {
  /** Of an item. */
  item(number: number): Float32Array;
  /** Of a question: drawn as those of items are, but of none of them. */
  question(number: number): Float32Array;
}

/** A rough normal deviate: the sum of four uniform ones. */
const deviate = (random: () => number) => random() + random() + random() + random() - 2;

/**
 * Length of the noise, and how fast its variance falls over the dimensions; with 200 centres. Chosen to lie near to 2,000
 * turns of LoCoMo in the bundled encoder (theirs in brackets): of 2,000 points the cosine to the 1st, 10th and 100th
 * neighbour is 0.68, 0.49 and 0.31 (0.70, 0.57, 0.43), and the participation ratio of the variances, the number of
 * dimensions that count, is 71 (67). Vectors without such a structure are no test of an index: all lie equally far apart.
 */
const NOISE = 0.9;
const FALL = 1;
const SEEDS = { items: 2_000_000, questions: 60_000_000 } as const;

/** Points around centres, which real texts gave. */
export function scaleVectors(centres: readonly Float32Array[]): ScaleVectors {
  const dimensions = centres[0]?.length ?? 0;
  const variances = Array.from({ length: dimensions }, (_, place) => (place + 1) ** -FALL);
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  // A sum of four uniform numbers has the variance 1/3.
  const spread = variances.map((variance) => NOISE * Math.sqrt((3 * variance) / total));
  const draw = (seed: number) => {
    const random = randomFrom(seed);
    const centre = centres[Math.floor(random() * centres.length)] ?? new Float32Array(dimensions);
    return normalise(centre.map((value, place) => value + (spread[place] ?? 0) * deviate(random)));
  };
  return {
    item: (number) => draw(SEEDS.items + number),
    question: (number) => draw(SEEDS.questions + number),
  };
}
