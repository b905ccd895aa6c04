import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toAppError } from '../../core/errors.ts';
import type { EmbedderModel } from '../../ports/embedder.ts';
import { readEncoderFolder } from './encoder-folder.ts';
import { isMissing } from '../connections/stored-json.ts';

/** A folder below the models folder: an encoder, or why it is none. */
export type InstalledModel =
  | { readonly kind: 'ready'; readonly name: string; readonly folder: string; readonly model: EmbedderModel }
  | { readonly kind: 'broken'; readonly name: string; readonly folder: string; readonly reason: string };

/** All model folders, by name; empty when there is no models folder. Downloads in progress are not listed. */
export async function installedModels(modelsDir: string): Promise<InstalledModel[]> {
  const models: InstalledModel[] = [];
  for (const name of await folderNames(modelsDir))
    models.push(await installedModel(name, join(modelsDir, name)));
  return models;
}

async function folderNames(modelsDir: string): Promise<string[]> {
  try {
    const entries = await readdir(modelsDir, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function installedModel(name: string, folder: string): Promise<InstalledModel> {
  try {
    const { model } = await readEncoderFolder(folder);
    return { kind: 'ready', name, folder, model };
  } catch (error) {
    return { kind: 'broken', name, folder, reason: toAppError(error).message };
  }
}
