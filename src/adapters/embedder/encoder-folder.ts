import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { SOURCE_FILE, Source } from '../connections/model-source.ts';
import { isMissing, readStoredJson } from '../connections/stored-json.ts';
import { describeEncoder, type EncoderDescription } from './describe-encoder.ts';
import {
  ModelConfig,
  Modules,
  PoolingConfig,
  PromptConfig,
  SentenceConfig,
  TokenizerConfig,
} from './encoder-files.ts';

/** All that is needed to open an encoder; plain data, so it can be sent to a process. */
export interface EncoderFolder extends EncoderDescription {
  /** Absolute path. */
  readonly folder: string;
  /** ONNX file inside the folder. */
  readonly modelFile: string;
}

/** What a folder must hold, for messages. */
const FOLDER_LAYOUT =
  'an ONNX sentence encoder folder has config.json, tokenizer.json, tokenizer_config.json and model.onnx (or onnx/model.onnx)';

/** Where exporters put the model, best known first. */
const MODEL_FILES = [
  'model.onnx',
  'onnx/model.onnx',
  'model_quantized.onnx',
  'onnx/model_quantized.onnx',
  'onnx/model_int8.onnx',
];

/**
 * Reads what a folder says about its encoder: Jiwa's own `config.json`, or the files of sentence-transformers.
 * Throws `invalid-input` when files are missing, `unreadable` when one is damaged, `unsupported` for a kind of pooling
 * that is not known here.
 */
export async function readEncoderFolder(path: string): Promise<EncoderFolder> {
  const folder = resolve(path);
  const config = await required(folder, 'config.json', ModelConfig);
  const tokenizer = await required(folder, 'tokenizer_config.json', TokenizerConfig);
  if (!(await exists(folder, 'tokenizer.json'))) throw missing(folder, 'tokenizer.json');
  const source = await readStoredJson(folder, SOURCE_FILE, Source);
  const modules = (await readStoredJson(folder, 'modules.json', Modules)) ?? [];
  const description = describeEncoder({
    folder,
    config,
    tokenizer,
    source,
    modules,
    sentence: await readStoredJson(folder, 'sentence_bert_config.json', SentenceConfig),
    pooling: await readStoredJson(folder, poolingFile(modules), PoolingConfig),
    prompts: (await readStoredJson(folder, 'config_sentence_transformers.json', PromptConfig))?.prompts ?? {},
  });
  return { ...description, folder, modelFile: await modelFile(folder, source) };
}

async function required<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  const content = await readStoredJson(folder, name, schema);
  if (content === undefined) throw missing(folder, name);
  return content;
}

function missing(folder: string, name: string): AppError {
  return new AppError('invalid-input', `There is no ${name} in ${folder}; ${FOLDER_LAYOUT}.`);
}

async function exists(folder: string, name: string): Promise<boolean> {
  try {
    await access(join(folder, name));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw new AppError('unreadable', `${name} in ${folder} cannot be read.`, { cause: error });
  }
}

async function modelFile(folder: string, source: Source | undefined): Promise<string> {
  const candidates = source === undefined ? MODEL_FILES : [source.modelFile];
  for (const name of candidates) if (await exists(folder, name)) return name;
  throw missing(folder, candidates[0] ?? 'model.onnx');
}

function poolingFile(modules: Modules): string {
  const stated = modules.find((module) => module.type.endsWith('.Pooling'))?.path ?? '';
  return join(/^\w+$/.test(stated) ? stated : '1_Pooling', 'config.json');
}
