import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { SOURCE_FILE, Source } from '../../connections/model-source.ts';
import { readStoredJson } from '../../connections/stored-json.ts';

interface NamedFile {
  readonly name: string;
  readonly path: string;
}

/**
 * Removes a file of one part, with its folder where it was pulled into one; what a person laid beside it stays. Throws
 * `unavailable` where the folder cannot be written.
 */
export async function removeGguf(modelsFolder: string, { name, path }: NamedFile): Promise<void> {
  const folder = join(modelsFolder, name);
  // What says nothing that can be read is not ours to empty.
  const source = await readStoredJson(folder, SOURCE_FILE, Source).catch(() => undefined);
  const isPulled = source !== undefined && join(folder, source.modelFile) === path;
  try {
    await rm(isPulled ? folder : path, { recursive: isPulled, force: true });
  } catch (cause) {
    throw new AppError(
      'unavailable',
      `The file of ${name} cannot be removed: its folder cannot be written.`,
      {
        cause,
      },
    );
  }
}
