import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../core/errors.ts';
import type { Cli } from './cli.ts';

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

/** Writes bytes to a new file; never over one that is there. `-` is the standard output. */
export async function saveFile(
  cli: Cli,
  target: string,
  content: ReadableStream<Uint8Array>,
  mode = 0o666,
): Promise<void> {
  const source = Readable.fromWeb(content);
  if (target === '-') {
    await pipeline(source, cli.host.stdout, { signal: cli.signal, end: false });
    return;
  }
  try {
    await pipeline(source, createWriteStream(target, { flags: 'wx', mode }), { signal: cli.signal });
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') {
      throw new AppError('conflict', `${target} is there already and is left as it is; name another file.`);
    }
    if (isSystemError(error) && error.syscall === 'open') {
      throw new AppError('invalid-input', `Cannot write ${target}: ${error.message}`, { cause: error });
    }
    await rm(target, { force: true });
    throw error;
  }
}

/** A client-chosen name as a file of the working folder: its last part only, without characters that steer. */
export function localName(filename: string): string {
  const name = basename(filename.replaceAll('\\', '/')).replace(/\p{Cc}/gu, '');
  return name === '' || name === '.' || name === '..' ? 'original' : name;
}
