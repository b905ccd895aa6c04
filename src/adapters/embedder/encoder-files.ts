import { z } from 'zod';

/** The JSON files of a sentence encoder, only the fields that matter here. Written by many tools, so all is optional. */

export const Pooling = z.enum(['mean', 'cls', 'last']);
export type Pooling = z.infer<typeof Pooling>;

/** What Jiwa's own models say about themselves, in `config.json` under `jiwa`; it wins over everything else. */
const OwnConfig = z.object({
  id: z.string().min(1),
  dimensions: z.int().positive(),
  maxTokens: z.int().positive(),
  pooling: Pooling,
  prefixes: z.object({ query: z.string(), text: z.string() }),
  languages: z.union([z.array(z.string()), z.literal('many')]),
});

export const ModelConfig = z.object({
  model_type: z.string().optional(),
  hidden_size: z.int().positive().optional(),
  max_position_embeddings: z.int().positive().optional(),
  jiwa: OwnConfig.partial().optional(),
});
export type ModelConfig = z.infer<typeof ModelConfig>;

export const TokenizerConfig = z.looseObject({ model_max_length: z.number().optional() });
export type TokenizerConfig = z.infer<typeof TokenizerConfig>;

/** sentence-transformers: `sentence_bert_config.json`. */
export const SentenceConfig = z.object({ max_seq_length: z.int().positive().nullish() });
export type SentenceConfig = z.infer<typeof SentenceConfig>;

/** sentence-transformers: `modules.json`, the steps from tokens to the vector. */
export const Modules = z.array(z.object({ path: z.string(), type: z.string() }));
export type Modules = z.infer<typeof Modules>;

/** sentence-transformers: `1_Pooling/config.json`. */
export const PoolingConfig = z.object({
  word_embedding_dimension: z.int().positive().optional(),
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
  pooling_mode_max_tokens: z.boolean().optional(),
  pooling_mode_mean_sqrt_len_tokens: z.boolean().optional(),
  pooling_mode_weightedmean_tokens: z.boolean().optional(),
  pooling_mode_lasttoken: z.boolean().optional(),
});
export type PoolingConfig = z.infer<typeof PoolingConfig>;

/** sentence-transformers: `config_sentence_transformers.json`. */
export const PromptConfig = z.object({ prompts: z.record(z.string(), z.string()).nullish() });
