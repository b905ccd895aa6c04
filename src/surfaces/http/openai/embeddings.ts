import type { OpenAiBody } from '../../../wire/openai-routes.ts';
import { wrongField } from './errors.ts';
import type { Embedded } from './open-ai-handlers.ts';

const BYTES = 4;

/** The numbers as 32-bit floats, little-endian whatever the machine is. */
function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * BYTES);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * BYTES);
  return bytes.toString('base64');
}

/** The texts of an embedding request. */
export function textsOf({ input }: OpenAiBody<'embeddings'>): readonly string[] {
  return typeof input === 'string' ? [input] : input;
}

/** The answer, in the form that was asked for. Throws `invalid-input` for another length than the model's. */
export function embeddingList(body: OpenAiBody<'embeddings'>, { model, vectors, tokens }: Embedded) {
  const { dimensions, encoding_format: format } = body;
  const length = vectors[0]?.length ?? 0;
  if (dimensions !== undefined && dimensions !== length)
    throw wrongField('dimensions', `Expected ${length}, the length of ${model}, got ${dimensions}.`);
  return {
    object: 'list',
    model,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'base64' ? base64(vector) : [...vector],
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
