import { chmod, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AppError } from '../../core/errors.ts';
import { type Holder, holderFile, readHolder, takeLock } from './data-folder-lock.ts';
import { networkMount } from './network-mount.ts';

/** A data folder that belongs to this process until it is closed. */
export interface DataFolder {
  /** Absolute, without links. */
  readonly path: string;
  /** Tells other processes where this one serves. */
  setUrl(url: string): Promise<void>;
  close(): Promise<void>;
}

export interface DataFolderOptions {
  readonly path: string;
  readonly now: () => number;
}

/**
 * Makes the folder when needed (readable by this user only) and takes it for this process. Errors: `conflict` naming pid
 * and address of the process that has it, `unsupported` on a network file system, `unavailable` when it cannot be used.
 */
export async function openDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  const path = await prepared(options.path);
  await refuseNetwork(path);
  const release = takeLock(path);
  if (!release) throw taken(path, await readHolder(path));
  const holder: Holder = { pid: process.pid, url: null, startedAt: options.now(), host: hostname() };
  try {
    await writeHolder(path, holder);
  } catch (error) {
    release();
    throw unusable(path, error);
  }
  return {
    path,
    setUrl: (url) => writeHolder(path, { ...holder, url }),
    async close() {
      await rm(holderFile(path), { force: true });
      release();
    },
  };
}

async function prepared(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = await realpath(folder);
    await chmod(path, 0o700).catch(() => {
      // A container's volume may belong to somebody else; whether it can be written shows next.
    });
    return path;
  } catch (error) {
    throw unusable(folder, error);
  }
}

async function writeHolder(folder: string, holder: Holder): Promise<void> {
  const file = holderFile(folder);
  await writeFile(`${file}.new`, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function refuseNetwork(path: string): Promise<void> {
  const type = networkMount(await mountInfo(), path);
  if (type === undefined) return;
  throw new AppError(
    'unsupported',
    `The data folder ${path} is on a network file system (${type}), where a database can be damaged. ` +
      'Choose a folder on a disk of this machine.',
  );
}

async function mountInfo(): Promise<string> {
  try {
    return await readFile('/proc/self/mountinfo', 'utf8');
  } catch {
    // Only Linux tells; elsewhere the operator must know.
    return '';
  }
}

function taken(path: string, holder: Holder | undefined): AppError {
  const process = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  const address = holder?.url ? `, serving at ${holder.url}` : '';
  return new AppError(
    'conflict',
    `The data folder ${path} belongs to a running Jiwa (${process}${address}). ` +
      'Use that one, stop it, or choose another data folder: each process has its own, also where several share a database.',
    { details: { pid: holder?.pid, url: holder?.url } },
  );
}

function unusable(path: string, cause: unknown): AppError {
  return new AppError('unavailable', `The data folder ${path} cannot be made or written.`, { cause });
}
