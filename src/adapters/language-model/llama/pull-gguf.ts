import { basename, join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import {
  bringModel,
  withListed,
  type ListedModel,
  type ModelPull,
  type PullProgress,
} from '../../connections/bring-model.ts';
import { chooseGguf } from './choose-gguf.ts';
import { readGgufHeader } from './gguf-header.ts';

export interface PullGgufInput extends ModelPull {
  /** A file of the repository, or a quantisation; see `chooseGguf`. */
  readonly file?: string;
}

export interface PulledGguf {
  /** As `LocalModels.open` takes it. */
  readonly name: string;
  readonly path: string;
}

/**
 * Brings a GGUF model to a folder of its own, see `bringModel`. Throws `invalid-input` (name, or no clear choice: the message
 * lists the files), `not-found`, `unsupported` (no GGUF model), `unreadable`, `unavailable`, `storage-full`, `aborted`.
 */
export async function pullGguf(
  input: PullGgufInput,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<PulledGguf> {
  const bring = async (listed: ListedModel) => {
    const { modelFile, files, stem } = chooseGguf(listed.listing.files, input.file);
    // A leading dot could lead out of the folder of models, or to what is hidden in it.
    const own = stem.replaceAll(/^\.+|[^\w.-]+/g, '_');
    const name = [...input.id.split('/').slice(0, -1), own].join('--');
    const check = (folder: string) => checkModel(join(folder, modelFile));
    const folder = await bringModel(listed, { name, modelFile, files, check, onProgress }, signal);
    return { name, path: join(folder, modelFile) };
  };
  return withListed(input, bring, signal);
}

async function checkModel(path: string): Promise<void> {
  const { kind } = await readGgufHeader(path);
  if (kind !== 'model')
    throw new AppError('unsupported', `${basename(path)} is an adapter; expected a model.`);
}
