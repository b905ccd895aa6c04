import { AppError } from '../../../core/errors.ts';

/** A vector with 16 bits a dimension: value i is (256 high[i] + low[i]) × scale. */
export interface Quantised {
  readonly scale: number;
  /** All high bytes, then all low bytes, signed. */
  readonly codes: Int8Array;
}

/** 127 × 256, so that the high byte never exceeds 127. */
const LARGEST = 32_512;

/**
 * Rounds a vector to 16 bits a dimension; the cosine of two unit vectors changes by about 1e-5 at most, so the high
 * bytes serve the scan and both bytes the final score. Throws `invalid-input` for values that are not finite.
 */
export function quantise(vector: Float32Array): Quantised {
  const dimensions = vector.length;
  let largest = 0;
  for (const value of vector) {
    if (!Number.isFinite(value))
      throw new AppError('invalid-input', `Expected finite vector values, got ${value}.`);
    largest = Math.max(largest, Math.abs(value));
  }
  const codes = new Int8Array(dimensions * 2);
  const scale = largest / LARGEST;
  if (scale === 0) return { scale, codes };
  for (let i = 0; i < dimensions; i++) {
    const value = Math.round((vector[i] as number) / scale);
    const high = (value + 128) >> 8;
    codes[i] = high;
    codes[dimensions + i] = value - high * 256;
  }
  return { scale, codes };
}
