import { basename } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { EmbedderModel } from '../../ports/embedder.ts';
import type {
  ModelConfig,
  Modules,
  Pooling,
  PoolingConfig,
  SentenceConfig,
  TokenizerConfig,
} from './encoder-files.ts';
import type { Source } from '../connections/model-source.ts';
import { knownPrefixes, type Prefixes } from './known-prefixes.ts';

/** How texts become vectors with an encoder. */
export interface EncoderDescription {
  readonly model: EmbedderModel;
  readonly pooling: Pooling;
  readonly prefixes: Prefixes;
  /** Layers follow the pooling, so only a graph that gives whole sentence vectors will do. */
  readonly layersAfterPooling: boolean;
}

/** The parsed files of a folder. */
export interface EncoderStatements {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly tokenizer: TokenizerConfig;
  readonly source: Source | undefined;
  readonly modules: Modules;
  readonly sentence: SentenceConfig | undefined;
  readonly pooling: PoolingConfig | undefined;
  readonly prompts: Readonly<Record<string, string>>;
}

/** Attention over more takes memory by the square; a chunk has a few hundred tokens. */
const MOST_TOKENS = 2_048;

/** Models that count positions from 2 on. */
const TWO_FEWER_POSITIONS = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet']);

/** What the files say together. Jiwa's own statements win, then those of sentence-transformers, then what is known by name. */
export function describeEncoder(files: EncoderStatements): EncoderDescription {
  const own = files.config.jiwa ?? {};
  return {
    model: {
      id: own.id ?? idOf(files),
      dimensions: own.dimensions ?? dimensionsOf(files),
      maxTokens: own.maxTokens ?? maxTokensOf(files),
      languages: own.languages ?? languagesOf(files),
    },
    pooling: own.pooling ?? poolingOf(files),
    prefixes: own.prefixes ?? prefixesOf(files),
    layersAfterPooling: files.modules.some((module) => module.type.endsWith('.Dense')),
  };
}

/** Other weights are another vector space, so the id of a pulled model carries the weights' checksum. */
function idOf({ folder, source }: EncoderStatements): string {
  const weights = source?.files.find((file) => file.path === source.modelFile)?.sha256;
  return weights === undefined ? basename(folder) : `${basename(folder)}@${weights.slice(0, 8)}`;
}

function dimensionsOf({ folder, pooling, config }: EncoderStatements): number {
  const dimensions = pooling?.word_embedding_dimension ?? config.hidden_size;
  if (dimensions === undefined)
    throw new AppError('invalid-input', `config.json in ${folder} names no hidden_size.`);
  return dimensions;
}

function maxTokensOf({ sentence, tokenizer, config }: EncoderStatements): number {
  const all = config.max_position_embeddings;
  const positions = all !== undefined && TWO_FEWER_POSITIONS.has(config.model_type ?? '') ? all - 2 : all;
  return Math.min(
    sentence?.max_seq_length ?? MOST_TOKENS,
    tokenizer.model_max_length ?? MOST_TOKENS,
    positions ?? MOST_TOKENS,
    MOST_TOKENS,
  );
}

function languagesOf({ source }: EncoderStatements): EmbedderModel['languages'] {
  const languages = source?.languages ?? [];
  return languages.includes('multilingual') ? 'many' : languages;
}

/** Division by the root of the length instead of the length gives the same direction, so that is `mean` too. */
function poolingOf({ folder, pooling }: EncoderStatements): Pooling {
  if (pooling === undefined) return 'mean';
  if (pooling.pooling_mode_max_tokens || pooling.pooling_mode_weightedmean_tokens)
    throw new AppError('unsupported', `The pooling of ${folder} is not one of: mean, cls, last token.`);
  if (pooling.pooling_mode_cls_token) return 'cls';
  return pooling.pooling_mode_lasttoken ? 'last' : 'mean';
}

function prefixesOf({ folder, source, prompts }: EncoderStatements): Prefixes {
  const query = prompts['query'] ?? '';
  const text = prompts['document'] ?? prompts['passage'] ?? '';
  return query + text === '' ? knownPrefixes(source?.id ?? basename(folder)) : { query, text };
}
