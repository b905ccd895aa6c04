import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toAppError } from '../../../core/errors.ts';
import { readGgufHeader, type GgufHeader } from './gguf-header.ts';

/** A GGUF model in the models folder, or why it cannot be used. */
export type InstalledGguf =
  | { readonly kind: 'ready'; readonly name: string; readonly path: string; readonly header: GgufHeader }
  | { readonly kind: 'broken'; readonly name: string; readonly path: string; readonly reason: string };

/** Of a model in parts only the first is opened; native code finds the others beside it. */
const LATER_PART = /-(?!00001)\d{5}-of-\d{5}\.gguf$/i;

/**
 * All GGUF models, by name: a file that lies in the folder is named without its ending, one in a folder of its own like the
 * folder. Adapters are no models. Empty when there is no folder.
 */
export async function installedGguf(modelsFolder: string): Promise<InstalledGguf[]> {
  const found: InstalledGguf[] = [];
  for (const { name, path } of await ggufFiles(modelsFolder)) {
    const model = await installed(name, path);
    if (model.kind === 'broken' || model.header.kind === 'model') found.push(model);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface NamedFile {
  readonly name: string;
  readonly path: string;
}

async function ggufFiles(modelsFolder: string): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  for (const entry of await namesIn(modelsFolder)) {
    if (entry.startsWith('.')) continue;
    if (isModelFile(entry)) files.push(named(modelsFolder, entry));
    const folder = join(modelsFolder, entry);
    const inside = (await namesIn(folder, { recursive: true })).filter(isModelFile);
    const [only, second] = inside;
    if (only !== undefined && second === undefined) files.push({ name: entry, path: join(folder, only) });
    else files.push(...inside.map((file) => named(folder, file)));
  }
  return files;
}

/** A folder that is not there has nothing in it, and neither has a file. */
async function namesIn(folder: string, options: { readonly recursive?: boolean } = {}): Promise<string[]> {
  return readdir(folder, options).catch(() => []);
}

function isModelFile(name: string): boolean {
  return /\.gguf$/i.test(name) && !LATER_PART.test(name);
}

function named(folder: string, file: string): NamedFile {
  return { name: basename(file).replace(/(-00001-of-\d{5})?\.gguf$/i, ''), path: join(folder, file) };
}

async function installed(name: string, path: string): Promise<InstalledGguf> {
  try {
    return { kind: 'ready', name, path, header: await readGgufHeader(path) };
  } catch (error) {
    return { kind: 'broken', name, path, reason: toAppError(error).message };
  }
}
