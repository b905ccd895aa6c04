import { join } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { AppError } from '../../core/errors.ts';
import { normalise } from '../../core/vectors.ts';
import type { EncoderFolder } from './encoder-folder.ts';
import { pool } from './pooling.ts';
import { openTokeniser, type Tokenise } from './tokenise.ts';

type Runtime = typeof Ort;

/** An open model in this thread. */
export interface OnnxEncoder {
  /**
   * Vector of length 1 of one text. Texts are run one by one on purpose: an int8 model takes its scales from all that
   * shares a run, so in a batch the vector of a text would depend on its neighbours (measured: cosine 0.994), and on one
   * core a batch is not faster (models/all-MiniLM-L6-v2/README.md).
   */
  encode(text: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What a graph may ask for; anything else belongs to another kind of model. */
const INPUTS: Readonly<Record<string, (ids: readonly number[]) => BigInt64Array>> = {
  input_ids: (ids) => BigInt64Array.from(ids, BigInt),
  attention_mask: (ids) => new BigInt64Array(ids.length).fill(1n),
  token_type_ids: (ids) => new BigInt64Array(ids.length),
  position_ids: (ids) => BigInt64Array.from(ids, (_, position) => BigInt(position)),
};

const WHOLE_VECTOR = 'sentence_embedding';
const TOKEN_VECTORS = ['last_hidden_state', 'token_embeddings'];

/**
 * Opens tokenizer and model. Throws `unreadable` when a file is damaged, `unsupported` for a graph that is not a sentence
 * encoder, `unavailable` when ONNX Runtime does not run on this machine.
 */
export async function openOnnxEncoder(encoder: EncoderFolder): Promise<OnnxEncoder> {
  const runtime = await loadRuntime();
  const tokenise = await openTokeniser(encoder.folder, encoder.model.maxTokens);
  const session = await openSession(runtime, encoder);
  const output = outputOf(session, encoder);
  return {
    encode: (text) => encodeOne({ runtime, session, tokenise, output, encoder }, text),
    close: () => session.release(),
  };
}

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new AppError(
      'unavailable',
      `ONNX Runtime (package onnxruntime-node) cannot be loaded on ${process.platform} ${process.arch}; install it again or use a remote embedder.`,
      { cause: error },
    );
  }
}

/** One thread a session: one core works on a text, the others stay free. */
async function openSession(
  runtime: Runtime,
  { folder, modelFile }: EncoderFolder,
): Promise<Ort.InferenceSession> {
  try {
    return await runtime.InferenceSession.create(join(folder, modelFile), {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new AppError('unreadable', `${modelFile} in ${folder} is not an ONNX model that can be opened.`, {
      cause: error,
    });
  }
}

function outputOf(session: Ort.InferenceSession, { folder, layersAfterPooling }: EncoderFolder): string {
  const strange = session.inputNames.filter((name) => INPUTS[name] === undefined);
  if (strange.length > 0)
    throw new AppError(
      'unsupported',
      `The model in ${folder} wants ${strange.join(', ')}; a sentence encoder wants only ${Object.keys(INPUTS).join(', ')}.`,
    );
  if (session.outputNames.includes(WHOLE_VECTOR)) return WHOLE_VECTOR;
  if (layersAfterPooling)
    throw new AppError(
      'unsupported',
      `The model in ${folder} has layers after its pooling but no ${WHOLE_VECTOR} output.`,
    );
  const output = TOKEN_VECTORS.find((name) => session.outputNames.includes(name)) ?? session.outputNames[0];
  if (output === undefined) throw new AppError('unsupported', `The model in ${folder} has no output.`);
  return output;
}

interface Parts {
  readonly runtime: Runtime;
  readonly session: Ort.InferenceSession;
  readonly tokenise: Tokenise;
  readonly output: string;
  readonly encoder: EncoderFolder;
}

async function encodeOne(
  { runtime, session, tokenise, output, encoder }: Parts,
  text: string,
): Promise<Float32Array> {
  const ids = tokenise(text);
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => {
      const values = INPUTS[name]?.(ids) ?? new BigInt64Array(ids.length);
      return [name, new runtime.Tensor('int64', values, [1, ids.length])];
    }),
  );
  const { [output]: tensor } = await session.run(feeds, [output]);
  const dimensions = tensor?.dims.at(-1) ?? 0;
  if (!(tensor?.data instanceof Float32Array) || dimensions !== encoder.model.dimensions)
    throw new AppError(
      'invalid-input',
      `The model in ${encoder.folder} gives ${dimensions} numbers of type ${tensor?.type ?? 'none'} a vector; expected ${encoder.model.dimensions} of type float32.`,
    );
  const { data, dims } = tensor;
  const vector =
    dims.length === 2 ? data.slice() : pool({ data, tokens: ids.length, dimensions }, encoder.pooling);
  return normalise(vector);
}
