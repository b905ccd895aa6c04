import { AppError } from '../../../core/errors.ts';

/** A vector with 16 bits a dimension: value i is codes[i] × scale. */
export interface Quantised {
  readonly scale: number;
  readonly codes: Int16Array;
}

const LARGEST = 32_767;

/**
 * Rounds a vector to 16 bits a dimension, which changes the cosine of two unit vectors by about 1e-5 at most. Throws
 * `invalid-input` for values that are not finite.
 */
export function quantise(vector: Float32Array): Quantised {
  let largest = 0;
  for (const value of vector) {
    if (!Number.isFinite(value)) {
      throw new AppError('invalid-input', `Expected finite vector values, got ${value}.`);
    }
    largest = Math.max(largest, Math.abs(value));
  }
  const scale = largest / LARGEST;
  const factor = scale === 0 ? 0 : 1 / scale;
  return { scale, codes: Int16Array.from(vector, (value) => Math.round(value * factor)) };
}
