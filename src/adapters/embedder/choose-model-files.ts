import { AppError } from '../../core/errors.ts';
import type { ServerFile } from '../connections/model-server.ts';

export interface ChosenFiles {
  /** Path of the ONNX file. */
  readonly modelFile: string;
  /** All that is needed, the model and its data files last. */
  readonly files: readonly ServerFile[];
  /** The ONNX file is the int8 one. */
  readonly quantised: boolean;
}

const REQUIRED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

const WANTED =
  /^(modules|sentence_bert_config|config_sentence_transformers|special_tokens_map)\.json$|^\d+_Pooling\/config\.json$|^(LICENSE(\.\w+)?|README\.md)$/;

const FULL = ['onnx/model.onnx', 'model.onnx'];

/** For any processor first; then what exporters make for one kind, by its name in Node. */
const INT8 = ['onnx/model_quantized.onnx', 'onnx/model_int8.onnx', 'model_quantized.onnx'];
const INT8_FOR: Readonly<Record<string, readonly string[]>> = {
  x64: ['onnx/model_qint8_avx512_vnni.onnx', 'onnx/model_quint8_avx2.onnx'],
  arm64: ['onnx/model_qint8_arm64.onnx'],
};

/**
 * The files of a sentence encoder among those of a repository: tokenizer, descriptions and one ONNX model, int8 when
 * `quantised` is wished and there is one. `arch` as in `process.arch`. Throws `unsupported` when some are missing.
 */
export function chooseModelFiles(
  listed: readonly ServerFile[],
  { quantised, arch }: { readonly quantised: boolean; readonly arch: string },
): ChosenFiles {
  const paths = new Set(listed.map((file) => file.path));
  const missing = REQUIRED.filter((path) => !paths.has(path));
  const int8 = quantised ? [...INT8, ...(INT8_FOR[arch] ?? [])].find((path) => paths.has(path)) : undefined;
  const modelFile = int8 ?? FULL.find((path) => paths.has(path));
  if (missing.length > 0 || modelFile === undefined)
    throw new AppError(
      'unsupported',
      `The model has no ${missing[0] ?? FULL[0]}; expected a sentence encoder with an ONNX export.`,
    );
  const wanted = listed.filter(({ path }) => REQUIRED.includes(path) || WANTED.test(path));
  const model = listed.filter(({ path }) => path === modelFile || isDataOf(modelFile, path));
  return { modelFile, files: [...wanted, ...model], quantised: int8 !== undefined };
}

/** Weights beyond 2 GB lie beside the graph: `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`. */
function isDataOf(modelFile: string, path: string): boolean {
  return path.startsWith(modelFile) && /^[_.]data(_\d+)?$/.test(path.slice(modelFile.length));
}
