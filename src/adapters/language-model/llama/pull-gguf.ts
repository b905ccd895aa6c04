import { join } from 'node:path';
import {
  bringModel,
  withListed,
  type ListedModel,
  type ModelPull,
  type PullProgress,
} from '../../connections/bring-model.ts';
import { chooseGguf } from './choose-gguf.ts';
import { readGgufHeader, type GgufHeader } from './gguf-header.ts';

export interface PullGgufInput extends ModelPull {
  /** A file of the repository, or a quantisation; see `chooseGguf`. */
  readonly file?: string;
}

export interface PulledGguf {
  /** As `LocalModels.open` takes it; of an adapter, what stands behind the `+`. */
  readonly name: string;
  readonly path: string;
  readonly kind: GgufHeader['kind'];
}

/**
 * Brings a GGUF model or adapter to a folder of its own, see `bringModel`. Throws `invalid-input` (name, or no clear choice:
 * the message lists the files), `not-found`, `unsupported` (no GGUF file), `unreadable`, `unavailable`, `storage-full`,
 * `aborted`.
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
    const check = (folder: string) => readGgufHeader(join(folder, modelFile));
    const folder = await bringModel(listed, { name, modelFile, files, check, onProgress }, signal);
    const path = join(folder, modelFile);
    return { name, path, kind: (await readGgufHeader(path)).kind };
  };
  return withListed(input, bring, signal);
}
