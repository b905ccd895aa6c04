import { z } from 'zod';
import { maybe } from './openai-common.ts';

const INPUT = 'Expected a text or a list of texts, none of them empty; lists of tokens are not understood.';
const Text = z.string({ error: INPUT }).min(1, { error: INPUT });

/** Texts to be embedded, as clients ask for it; what is not named here is ignored. */
export const EmbeddingRequest = z.object({
  model: z.string().min(1).max(200),
  input: z.union([Text, z.array(Text).min(1).max(2_048)], { error: INPUT }),
  encoding_format: maybe(z.enum(['float', 'base64'])),
  dimensions: maybe(z.number().int().min(1)),
});
