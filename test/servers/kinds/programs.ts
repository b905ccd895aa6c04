import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** The places of a program on PATH, first come first. */
export function onPath(program: string): readonly string[] {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program));
}

/** The first of these files that can be run and of which `isRight` holds. */
export async function firstProgram(
  candidates: readonly string[],
  isRight: (program: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const candidate of candidates) {
    if ((await isRunnable(candidate)) && (await isRight(candidate))) return candidate;
  }
  return undefined;
}

/** What a short command prints; an empty text when it cannot be run or fails. */
export async function printed(program: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { timeout: 10_000 })).stdout;
  } catch {
    return ''; // a program that cannot say its version is not the one we look for
  }
}

async function isRunnable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run
  }
}
