import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toAppError } from '../../../core/errors.ts';
import { readGgufHeader, type GgufHeader } from './gguf-header.ts';

/** A GGUF file in the models folder (a model, or an adapter as its header says), or why it cannot be used. */
export type InstalledGguf =
  | { readonly kind: 'ready'; readonly name: string; readonly path: string; readonly header: GgufHeader }
  | { readonly kind: 'broken'; readonly name: string; readonly path: string; readonly reason: string };

type ReadHeader = (path: string) => Promise<GgufHeader>;

/** Of a model in parts only the first is opened; native code finds the others beside it. */
const LATER_PART = /-(?!00001)\d{5}-of-\d{5}\.gguf$/i;

/** Holds adapters: each is named like its file, also when it is the only one. */
const ADAPTERS = 'adapters';

/**
 * All GGUF models and adapters, by name: a file that lies in the folder or in `adapters/` is named without its ending, one in
 * a folder of its own like the folder. Empty when there is no folder.
 */
export async function installedGguf(
  modelsFolder: string,
  readHeader: ReadHeader = readGgufHeader,
): Promise<InstalledGguf[]> {
  const found: InstalledGguf[] = [];
  for (const { name, path } of await ggufFiles(modelsFolder))
    found.push(await installed({ name, path }, readHeader));
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
    const isOwn = only !== undefined && second === undefined && entry !== ADAPTERS;
    if (isOwn) files.push({ name: entry, path: join(folder, only) });
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

async function installed({ name, path }: NamedFile, readHeader: ReadHeader): Promise<InstalledGguf> {
  try {
    return { kind: 'ready', name, path, header: await readHeader(path) };
  } catch (error) {
    return { kind: 'broken', name, path, reason: toAppError(error).message };
  }
}
