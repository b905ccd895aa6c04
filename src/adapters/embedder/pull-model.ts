import type { EmbedderModel } from '../../ports/embedder.ts';
import {
  bringModel,
  withListed,
  type ChosenModel,
  type ListedModel,
  type ModelPull,
  type PullProgress,
} from '../connections/bring-model.ts';
import { chooseModelFiles } from './choose-model-files.ts';
import { readEncoderFolder } from './encoder-folder.ts';

export interface PullModelInput extends ModelPull {
  /** Prefer an int8 model where there is one. Default false: the vectors of the full model are better. */
  readonly quantised?: boolean;
}

export interface PulledModel {
  readonly folder: string;
  readonly model: EmbedderModel;
}

/**
 * Brings an ONNX sentence encoder to `<modelsDir>/<owner--name>`, see `bringModel`. Throws `invalid-input` (name), `not-found`,
 * `unsupported` (no sentence encoder in ONNX), `unreadable` (checksum), `unavailable`, `storage-full`, `aborted`.
 */
export async function pullModel(
  input: PullModelInput,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<PulledModel> {
  const folder = await withListed(
    input,
    (listed) => bringEncoder(listed, input, { onProgress, signal }),
    signal,
  );
  const { model } = await readEncoderFolder(folder);
  return { folder, model };
}

async function bringEncoder(
  listed: ListedModel,
  { id, quantised = false }: PullModelInput,
  { onProgress, signal }: { readonly onProgress: ChosenModel['onProgress']; readonly signal: AbortSignal },
): Promise<string> {
  const chosen = chooseModelFiles(listed.listing.files, { quantised, arch: process.arch });
  const name = id.replace('/', '--') + (chosen.quantised ? '-int8' : '');
  const { modelFile, files } = chosen;
  return bringModel(listed, { name, modelFile, files, check: readEncoderFolder, onProgress }, signal);
}
