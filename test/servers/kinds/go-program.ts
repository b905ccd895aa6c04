import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../../src/core/errors.ts';
import { firstProgram, onPath, printed } from './programs.ts';
import type { Place } from './server.ts';

/** A program that the Go module proxy has the source of. */
export interface GoProgram {
  readonly module: string;
  /** Folder of the program inside its module; its last part is the name of the program. */
  readonly folder: string;
  readonly version: string;
  /** How long a build takes, for people. */
  readonly buildTime: string;
}

/** Finds the program in the cache or, of exactly this version, on PATH; else builds it into the cache, at low priority. */
export async function goProgram(wanted: GoProgram, place: Place): Promise<string> {
  const name = nameOf(wanted);
  const kept = join(cacheFolder(), `${name}-${wanted.version}`, name);
  return (
    (await firstProgram([kept], () => Promise.resolve(true))) ??
    (await firstProgram(onPath(name), (program) => isVersion(program, wanted))) ??
    (await build(wanted, kept, place))
  );
}

function nameOf({ folder }: GoProgram): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'jiwa-servers');
}

/** The version is the one Go wrote into the program: what programs print about themselves is set by other builds only. */
async function isVersion(program: string, { module, version }: GoProgram): Promise<boolean> {
  const lines = (await printed('go', 'version', '-m', program)).split('\n');
  return lines.some((line) => line.startsWith(`\tmod\t${module}\t${version}\t`));
}

/** Built in a folder beside and moved, so that a build which was cut off is never taken for a whole one. */
async function build(wanted: GoProgram, kept: string, place: Place): Promise<string> {
  const name = nameOf(wanted);
  if ((await printed('go', 'version')) === '') {
    throw new AppError(
      'unavailable',
      `Expected Go on PATH to build ${name} ${wanted.version} from the Go module proxy, found none.`,
    );
  }
  place.progress(`building ${name} ${wanted.version} (once; ${wanted.buildTime})`);
  await mkdir(join(kept, '..'), { recursive: true });
  const folder = await mkdtemp(join(kept, '..', 'build-'));
  const source = `${wanted.module}/${wanted.folder}@${wanted.version}`;
  try {
    await promisify(execFile)('nice', ['-n', '19', 'go', 'install', '-ldflags=-s -w', source], {
      env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
      maxBuffer: 64 * 1024 * 1024,
      signal: place.signal,
    });
    await rename(join(folder, name), kept);
  } catch (cause) {
    place.signal.throwIfAborted();
    const tail = String((cause as { stderr?: unknown }).stderr ?? cause).slice(-2000);
    throw new AppError('unavailable', `go install ${source} failed:\n${tail}`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return kept;
}
