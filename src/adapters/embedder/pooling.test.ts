import { describe, expect, it } from 'vitest';
import { pool } from './pooling.ts';

const vectors = { data: Float32Array.of(1, 2, 3, 4, 8, 9), tokens: 3, dimensions: 2 };

describe('pool', () => {
  it('averages the tokens', () => expect(pool(vectors, 'mean')).toEqual(Float32Array.of(4, 5)));
  it('takes the first token', () => expect(pool(vectors, 'cls')).toEqual(Float32Array.of(1, 2)));
  it('takes the last token', () => expect(pool(vectors, 'last')).toEqual(Float32Array.of(8, 9)));
});
