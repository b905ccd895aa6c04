import { normalise } from '../../src/core/vectors.ts';
import type { Embedder } from '../../src/ports/embedder.ts';
import { randomFrom } from '../memory-store/synthetic-memory.ts';

/** Sum of four uniform numbers around 0, near enough to a normal deviate. */
const deviate = (random: () => number) => random() + random() + random() + random() - 2;
/** How far members lie from their centre: a cosine of about 0.75. */
const SPREAD = 0.9;

/**
 * Stands in for an encoder that would need an hour for 100,000 texts: vectors around centres, which real texts gave, in
 * the order of the texts it gets. Questions are not for it.
 */
export function clusteredEmbedder(real: Embedder, centres: readonly Float32Array[]): Embedder {
  const spread = SPREAD / Math.sqrt(real.model.dimensions / 3);
  let made = 0;
  const next = () => {
    const random = randomFrom(made++);
    const centre = centres[Math.floor(random() * centres.length)] ?? new Float32Array(real.model.dimensions);
    return normalise(centre.map((value) => value + spread * deviate(random)));
  };
  return { ...real, embedTexts: async (texts) => texts.map(next) };
}
