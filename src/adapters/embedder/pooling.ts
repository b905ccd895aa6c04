import { unreachable } from '../../core/errors.ts';
import type { Pooling } from './encoder-files.ts';

/** Vectors of the tokens of one text, one after the other: `tokens` rows of `dimensions` numbers. */
export interface TokenVectors {
  readonly data: Float32Array;
  readonly tokens: number;
  readonly dimensions: number;
}

/** The vector of a text from those of its tokens; not yet of length 1. */
export function pool(vectors: TokenVectors, pooling: Pooling): Float32Array {
  const { data, tokens, dimensions } = vectors;
  switch (pooling) {
    case 'cls':
      return data.slice(0, dimensions);
    case 'last':
      return data.slice((tokens - 1) * dimensions, tokens * dimensions);
    case 'mean':
      return mean(vectors);
    default:
      return unreachable(pooling);
  }
}

function mean({ data, tokens, dimensions }: TokenVectors): Float32Array {
  const sum = new Float32Array(dimensions);
  for (let token = 0; token < tokens; token++) {
    const start = token * dimensions;
    for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] ?? 0) + (data[start + i] ?? 0);
  }
  for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] ?? 0) / tokens;
  return sum;
}
