import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { readGgufHeader } from './gguf-header.ts';
import type { LoraFile } from './llama-messages.ts';

/** A LoRA adapter as it lies on the disk; `scale` 1 is as trained. */
export interface LoraAdapter {
  readonly path: string;
  readonly scale?: number;
}

/** Adapters under the names of their contents. */
export interface AdapterFiles {
  /**
   * The file under its content's name, checked. Throws `not-found`, `unreadable`, or `unsupported` for what is no adapter of
   * this architecture.
   */
  take(adapter: LoraAdapter, architecture: string): Promise<LoraFile>;
  /** Nothing of an adapter stays here longer than it is used: it may have to be forgotten. */
  clear(): Promise<void>;
}

/** In a folder of their own, which belongs to one process and is emptied at once. */
export function adapterFiles(folder: string): AdapterFiles {
  /** Contents by file, size and time of change. */
  const known = new Map<string, string>();
  const taking = new Map<string, Promise<string>>();
  const clear = () => rm(folder, { recursive: true, force: true });
  /** What a process left that was killed. */
  const cleared = clear();
  cleared.catch(() => {
    // Told to who takes an adapter.
  });

  const place = async (path: string, architecture: string): Promise<string> => {
    await cleared;
    await checkAdapter(path, architecture);
    const { size, mtimeMs, ino } = await stat(path);
    const version = `${path}:${ino}:${size}:${mtimeMs}`;
    const hash = known.get(version) ?? (await sha256Of(path));
    known.set(version, hash);
    const target = join(folder, `${hash}.gguf`);
    if (!(await exists(target))) await bring(path, target, folder);
    return target;
  };
  return {
    async take({ path, scale = 1 }, architecture) {
      const taken = taking.get(path) ?? place(path, architecture).finally(() => taking.delete(path));
      taking.set(path, taken);
      return { path: await taken, scale };
    },
    clear,
  };
}

async function checkAdapter(path: string, architecture: string): Promise<void> {
  const header = await readGgufHeader(path);
  if (header.kind !== 'adapter')
    throw new AppError('unsupported', `${basename(path)} is a model; expected a LoRA adapter.`);
  if (header.architecture !== architecture)
    throw new AppError(
      'unsupported',
      `${basename(path)} is for ${header.architecture}; the model is ${architecture}.`,
    );
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

/** A second name for the same bytes costs nothing; on another disk it is a copy. */
async function bring(path: string, target: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = `${target}.part`;
  await rm(part, { force: true });
  await link(path, part).catch(() => copyFile(path, part));
  await rename(part, target);
}
