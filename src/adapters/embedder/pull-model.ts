import { mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import type { EmbedderModel } from '../../ports/embedder.ts';
import { chooseModelFiles, type ChosenFiles } from './choose-model-files.ts';
import { downloadFile, partPath } from './download-file.ts';
import { SOURCE_FILE, Source } from './encoder-files.ts';
import { readEncoderFolder } from './encoder-folder.ts';
import { sizeOf } from './file-checksum.ts';
import { listModel, type ModelListing, type ModelServer } from './model-server.ts';
import type { RetryOptions } from './retrying.ts';
import { readStoredJson } from './stored-json.ts';

export interface PullModelInput {
  /** `owner/name`, or `name` alone. */
  readonly id: string;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** Folder of all pulled models; made when missing. */
  readonly modelsDir: string;
  /** Default https://huggingface.co */
  readonly baseUrl?: string;
  readonly token?: string;
  /** Prefer an int8 model where there is one. Default false: the vectors of the full model are better. */
  readonly quantised?: boolean;
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

export interface PulledModel {
  readonly folder: string;
  readonly model: EmbedderModel;
}

const MODEL_ID = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;
const REVISION = /^[\w.-]+$/;

/** Downloads in progress; the dot keeps it out of the list of models. */
const PULLING = '.pulling';

/** Left free on the disk for everything else. */
const SPARE_BYTES = 64 * 1024 * 1024;

/**
 * Brings an ONNX sentence encoder to `<modelsDir>/<owner--name>`, whole and checked or not at all; what an earlier, broken
 * pull brought is used, and a model that is there already is not fetched again. Throws `invalid-input` (name), `not-found`,
 * `unsupported` (no sentence encoder in ONNX), `unreadable` (checksum), `unavailable`, `storage-full`, `aborted`.
 */
export async function pullModel(
  input: PullModelInput,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<PulledModel> {
  const { id, revision = 'main', modelsDir, quantised = false } = input;
  if (!MODEL_ID.test(id) || !REVISION.test(revision))
    throw new AppError(
      'invalid-input',
      `Expected a model as owner/name and a revision, got ${id} at ${revision}.`,
    );
  const server: ModelServer = { baseUrl: input.baseUrl ?? 'https://huggingface.co', token: input.token };
  const listing = await listModel(server, { id, revision }, signal);
  const chosen = chooseModelFiles(listing.files, { quantised, arch: process.arch });
  const name = id.replace('/', '--') + (chosen.quantised ? '-int8' : '');
  const folder = join(modelsDir, name);
  if (!(await isInstalled(folder, chosen))) {
    const staging = join(modelsDir, PULLING, name);
    await mkdir(staging, { recursive: true });
    await checkSpace(staging, chosen);
    const files = await downloadAll({ input, server, listing, chosen, staging, onProgress }, signal);
    const source: Source = {
      id,
      revision: listing.commit,
      modelFile: chosen.modelFile,
      languages: [...listing.languages],
      files,
    };
    await writeFile(join(staging, SOURCE_FILE), `${JSON.stringify(source, undefined, 2)}\n`);
    await removeOthers(staging, [SOURCE_FILE, ...chosen.files.map((file) => file.path)]);
    await readEncoderFolder(staging);
    await replaceFolder(folder, staging);
  }
  const { model } = await readEncoderFolder(folder);
  return { folder, model };
}

/** The same content is there, whole. */
async function isInstalled(folder: string, { files, modelFile }: ChosenFiles): Promise<boolean> {
  // A damaged folder is pulled again.
  const source = await readStoredJson(folder, SOURCE_FILE, Source).catch(() => undefined);
  if (source?.modelFile !== modelFile) return false;
  for (const file of files) {
    const there = source.files.some((old) => old.path === file.path && old.oid === file.oid);
    if (!there || (await sizeOf(join(folder, file.path))) !== file.sizeBytes) return false;
  }
  return true;
}

async function checkSpace(staging: string, { files }: ChosenFiles): Promise<void> {
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

interface Pull {
  readonly input: PullModelInput;
  readonly server: ModelServer;
  readonly listing: ModelListing;
  readonly chosen: ChosenFiles;
  readonly staging: string;
  readonly onProgress: (progress: PullProgress) => void;
}

async function downloadAll(pull: Pull, signal: AbortSignal): Promise<Source['files']> {
  const { input, server, listing, chosen, staging, onProgress } = pull;
  const totalBytes = chosen.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const sleep = input.sleep ?? ((ms, signal) => sleepMs(ms, undefined, { signal }));
  const files: Source['files'] = [];
  let doneBefore = 0;
  for (const file of chosen.files) {
    const sha256 = await downloadFile(
      {
        server,
        listing,
        file,
        target: join(staging, file.path),
        retries: { attempts: input.attempts ?? 5, sleep },
        stallMs: input.stallMs ?? 30_000,
        onBytes: (bytes) => onProgress({ file: file.path, doneBytes: doneBefore + bytes, totalBytes }),
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
