import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { normalise } from '../../core/vectors.ts';

/** The answer of an OpenAI-compatible `/embeddings`, only what is used: numbers, or base64 of little-endian floats. */
const Answer = z.object({
  data: z.array(
    z.object({
      index: z.int().nonnegative().optional(),
      embedding: z.union([z.array(z.number()), z.base64()]),
    }),
  ),
});

/** What an answer must fit. */
export interface ExpectedVectors {
  readonly count: number;
  readonly dimensions: number;
}

/**
 * Unit-length vectors in the order of the texts. Throws `unavailable` for an answer that is no embeddings answer or not
 * one for each text (another try may help), `invalid-input` for vectors of another length (the setting is wrong).
 */
export function parseAnswer(body: unknown, { count, dimensions }: ExpectedVectors): Float32Array[] {
  const answer = Answer.safeParse(body);
  if (!answer.success)
    throw new AppError(
      'unavailable',
      'The embedding server answered something that is not a list of embeddings.',
      {
        cause: answer.error,
      },
    );
  const rows = answer.data.data;
  const vectors = new Map(rows.map((row, position) => [row.index ?? position, decode(row.embedding)]));
  const complete = Array.from({ length: count }, (_, index) => vectors.get(index)).filter(
    (v) => v !== undefined,
  );
  if (rows.length !== count || complete.length !== count)
    throw new AppError(
      'unavailable',
      `The embedding server answered ${rows.length} vectors for ${count} texts.`,
    );
  for (const vector of complete) check(vector, dimensions);
  return complete.map(normalise);
}

function decode(embedding: number[] | string): Float32Array {
  if (typeof embedding !== 'string') return Float32Array.from(embedding);
  const bytes = Buffer.from(embedding, 'base64');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => view.getFloat32(i * 4, true));
}

function check(vector: Float32Array, dimensions: number): void {
  if (vector.length !== dimensions)
    throw new AppError(
      'invalid-input',
      `The embedding server's model has ${vector.length} dimensions; ${dimensions} are configured.`,
    );
  if (!vector.every(Number.isFinite) || vector.every((x) => x === 0))
    throw new AppError('unavailable', 'The embedding server answered a vector without a direction.');
}
