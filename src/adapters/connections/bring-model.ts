import { mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import { downloadFile, partPath } from './download-file.ts';
import { sizeOf } from './file-checksum.ts';
import { listModel, type ModelListing, type ModelServer, type ServerFile } from './model-server.ts';
import { SOURCE_FILE, Source } from './model-source.ts';
import { openOutbound } from './outbound.ts';
import type { RetryOptions } from './retrying.ts';
import { readStoredJson } from './stored-json.ts';

/** Which model comes from where, and how patiently. */
export interface ModelPull {
  /** `owner/name`, or `name` alone. */
  readonly id: string;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** Folder of all pulled models; made when missing. */
  readonly modelsDir: string;
  /** Default https://huggingface.co */
  readonly baseUrl?: string;
  readonly token?: string;
  /** Servers that may be reached at private addresses; one whose address is written in `baseUrl` need not be named. */
  readonly privateHosts?: readonly string[];
  /** Tries without any progress. Default 5. */
  readonly attempts?: number;
  /** A silent connection is given up after this. Default 30,000. */
  readonly stallMs?: number;
  /** For tests. Default: real time. */
  readonly sleep?: RetryOptions['sleep'];
}

/** `doneBytes` of `totalBytes` of the whole model; `file` is the one on its way. */
export interface PullProgress {
  readonly file: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** A model as its server lists it, and the way there. */
export interface ListedModel {
  readonly pull: ModelPull;
  readonly server: ModelServer;
  readonly listing: ModelListing;
}

/** What is taken of a listed model, and how it is called here. */
export interface ChosenModel {
  /** Name of the folder below `modelsDir`. */
  readonly name: string;
  /** The file that is opened. */
  readonly modelFile: string;
  readonly files: readonly ServerFile[];
  /** Throws when the files in a folder are not what they should be. */
  readonly check: (folder: string) => Promise<unknown>;
  readonly onProgress: (progress: PullProgress) => void;
}

const MODEL_ID = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;
const REVISION = /^[\w.-]+$/;

/** Downloads in progress; the dot keeps it out of the list of models. */
const PULLING = '.pulling';

/** Left free on the disk for everything else. */
const SPARE_BYTES = 64 * 1024 * 1024;

/** Lends what a model's repository holds. Throws `invalid-input` for a name that is none, and what `listModel` throws. */
export async function withListed<T>(
  pull: ModelPull,
  work: (listed: ListedModel) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { id, revision = 'main', baseUrl = 'https://huggingface.co', privateHosts, token } = pull;
  if (!MODEL_ID.test(id) || !REVISION.test(revision))
    throw new AppError(
      'invalid-input',
      `Expected a model as owner/name and a revision, got ${id} at ${revision}.`,
    );
  // Files come from where the server leads to; their size is known and their content checked.
  const policy = { configured: [baseUrl], privateHosts, redirects: 5, responseBytes: Infinity };
  const outbound = openOutbound(policy);
  try {
    const server = { baseUrl, token, fetch: outbound.fetch };
    return await work({ pull, server, listing: await listModel(server, { id, revision }, signal) });
  } finally {
    await outbound.close();
  }
}

/**
 * Brings files to `<modelsDir>/<name>`, whole and checked or not at all, and gives that folder; what an earlier, broken pull
 * brought is used, and what is there already is not fetched again. Throws `unreadable` (checksum), `unavailable`,
 * `storage-full`, `aborted`, and what `check` throws.
 */
export async function bringModel(
  listed: ListedModel,
  chosen: ChosenModel,
  signal: AbortSignal,
): Promise<string> {
  const { modelsDir, id } = listed.pull;
  const folder = join(modelsDir, chosen.name);
  if (await isInstalled(folder, chosen)) return folder;
  const staging = join(modelsDir, PULLING, chosen.name);
  await mkdir(staging, { recursive: true });
  await checkSpace(staging, chosen);
  const files = await downloadAll({ listed, chosen, staging }, signal);
  const { commit, languages } = listed.listing;
  const { modelFile } = chosen;
  const source: Source = { id, revision: commit, modelFile, languages: [...languages], files };
  await writeFile(join(staging, SOURCE_FILE), `${JSON.stringify(source, undefined, 2)}\n`);
  await removeOthers(staging, [SOURCE_FILE, ...chosen.files.map((file) => file.path)]);
  await chosen.check(staging);
  await replaceFolder(folder, staging);
  return folder;
}

/** The same content is there, whole. */
async function isInstalled(folder: string, { files, modelFile }: ChosenModel): Promise<boolean> {
  // A damaged folder is pulled again.
  const source = await readStoredJson(folder, SOURCE_FILE, Source).catch(() => undefined);
  if (source?.modelFile !== modelFile) return false;
  for (const file of files) {
    const there = source.files.some((old) => old.path === file.path && old.oid === file.oid);
    if (!there || (await sizeOf(join(folder, file.path))) !== file.sizeBytes) return false;
  }
  return true;
}

async function checkSpace(staging: string, { files }: ChosenModel): Promise<void> {
  let neededBytes = SPARE_BYTES;
  for (const file of files) {
    const target = join(staging, file.path);
    neededBytes += file.sizeBytes - ((await sizeOf(target)) ?? (await sizeOf(partPath(target, file))) ?? 0);
  }
  const disk = await statfs(staging);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < neededBytes)
    throw new AppError(
      'storage-full',
      `The model needs ${neededBytes} bytes of disk; ${freeBytes} are free.`,
      {
        details: { neededBytes, freeBytes },
      },
    );
}

interface Download {
  readonly listed: ListedModel;
  readonly chosen: ChosenModel;
  readonly staging: string;
}

async function downloadAll(
  { listed, chosen, staging }: Download,
  signal: AbortSignal,
): Promise<Source['files']> {
  const { pull, server, listing } = listed;
  const totalBytes = chosen.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const sleep = pull.sleep ?? ((ms, stop) => sleepMs(ms, undefined, { signal: stop }));
  const files: Source['files'] = [];
  let doneBefore = 0;
  for (const file of chosen.files) {
    const sha256 = await downloadFile(
      {
        server,
        listing,
        file,
        target: join(staging, file.path),
        retries: { attempts: pull.attempts ?? 5, sleep },
        stallMs: pull.stallMs ?? 30_000,
        onBytes: (bytes) => chosen.onProgress({ file: file.path, doneBytes: doneBefore + bytes, totalBytes }),
      },
      signal,
    );
    doneBefore += file.sizeBytes;
    files.push({ path: file.path, sizeBytes: file.sizeBytes, oid: file.oid, sha256 });
  }
  return files;
}

/** What earlier pulls of another revision or variant left behind. */
async function removeOthers(folder: string, keep: readonly string[]): Promise<void> {
  const kept = new Set(keep.map((path) => join(folder, path)));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !kept.has(path)) await rm(path);
  }
}

/** A folder cannot be replaced in one step everywhere; the old one is gone for a moment, never half of it. */
async function replaceFolder(folder: string, staging: string): Promise<void> {
  const old = `${staging}.old`;
  await rm(old, { recursive: true, force: true });
  if ((await sizeOf(folder)) !== undefined) await rename(folder, old);
  await rename(staging, folder);
  await rm(old, { recursive: true, force: true });
}
