import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { readGgufHeader, type GgufHeader } from './gguf-header.ts';
import type { LoraFile } from './llama-messages.ts';
import { misfit } from './lora-fit.ts';

/** A LoRA adapter as it lies on the disk; `scale` 1 is as trained. */
export interface LoraAdapter {
  readonly path: string;
  readonly scale?: number;
}

/** Adapters under the names of their contents. */
export interface AdapterFiles {
  /**
   * The file under its content's name, checked. Throws `not-found`, `unreadable`, or `unsupported` for what is no adapter of
   * this model.
   */
  take(adapter: LoraAdapter, model: GgufHeader): Promise<LoraFile>;
  /** Nothing of an adapter stays here longer than it is used: it may have to be forgotten. */
  clear(): Promise<void>;
}

/** In a folder of their own, which belongs to one process and is emptied at once. */
export function adapterFiles(folder: string): AdapterFiles {
  /** Copies by file, size and time of change. */
  const known = new Map<string, string>();
  const taking = new Map<string, Promise<string>>();
  const clear = () => rm(folder, { recursive: true, force: true });
  /** What a process left that was killed. */
  const cleared = clear();
  cleared.catch(() => {
    // Told to who takes an adapter.
  });

  const place = async (path: string): Promise<string> => {
    await cleared;
    const { size, mtimeMs, ino } = await stat(path);
    const version = `${path}:${ino}:${size}:${mtimeMs}`;
    const there = known.get(version);
    if (there !== undefined && (await exists(there))) return there;
    const copy = await copyByContent(path, folder);
    known.set(version, copy);
    return copy;
  };
  return {
    async take({ path, scale = 1 }, model) {
      await checkAdapter(path, model);
      const taken = taking.get(path) ?? place(path).finally(() => taking.delete(path));
      taking.set(path, taken);
      return { path: await taken, scale };
    },
    clear,
  };
}

async function checkAdapter(path: string, model: GgufHeader): Promise<void> {
  const header = await readGgufHeader(path);
  if (header.kind !== 'adapter')
    throw new AppError('unsupported', `${basename(path)} is a model; expected a LoRA adapter.`);
  const reason = misfit(header, model);
  if (reason !== undefined)
    throw new AppError('unsupported', `${basename(path)} does not fit the model: ${reason}.`);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A link would not do: whoever writes over the file would change what lies under the name of the old content. */
async function copyByContent(path: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = join(folder, `${randomUUID()}.part`);
  await copyFile(path, part, constants.COPYFILE_FICLONE);
  const target = join(folder, `${await sha256Of(part)}.gguf`);
  await rename(part, target);
  return target;
}
