import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { DocumentSource, ExtractedDocument } from '../../ports/document-reader.ts';
import { childLife } from '../connections/child-life.ts';
import { moduleFile } from '../connections/module-file.ts';
import type { PooledWorker } from '../connections/worker-pool.ts';
import type { FromChild, ToChild } from './child-messages.ts';
import type { ReadLimits } from './read-limits.ts';
import { watchMemory } from './watch-memory.ts';

/** A child process that reads one document at a time, and is ended by the first one that fails. */
export interface ReaderProcess extends PooledWorker {
  readonly pid: number | undefined;
  read(source: DocumentSource): Promise<ExtractedDocument>;
}

/** A fresh process now and then keeps what one document left behind from adding up. */
const DOCUMENTS_PER_PROCESS = 50;
/** Of the scale -20 … 19. */
const LOW_PRIORITY = 10;

/**
 * Starts a child with nothing of this process but the code: no environment, no file writes, no further processes, no
 * native addons, no code made from strings.
 */
export function startReaderProcess(limits: ReadLimits, log: Log): ReaderProcess {
  const child = forkChild(limits);
  const { rest, wake, end } = childLife(child);
  let reading: PromiseWithResolvers<ExtractedDocument> | undefined;
  let documents = 0;
  let alive = true;

  const stop = async (error: AppError) => {
    alive = false;
    reading?.reject(error);
    await end();
  };
  child.on(
    'error',
    (error) => void stop(new AppError('unavailable', 'The reading process failed.', { cause: error })),
  );
  child.on('exit', (code, signal) => {
    alive = false;
    reading?.reject(deathError(code, signal, limits));
  });
  child.on('message', (reply: FromChild) => {
    if (reply.kind === 'done') return reading?.resolve(reply.document);
    log.info('document-not-read', { code: reply.code, reason: reply.message, cause: reply.cause });
    return reading?.reject(new AppError(reply.code, reply.message));
  });

  return {
    pid: child.pid,
    usable: () => alive && documents < DOCUMENTS_PER_PROCESS,
    rest,
    wake,
    stop,
    async read(source) {
      documents++;
      reading = Promise.withResolvers<ExtractedDocument>();
      try {
        await Promise.race([sendSource(child, source, limits), reading.promise]);
        using _deadline = deadline(source.sizeBytes, limits, stop);
        using _memory = watchMemory(child.pid, limits.residentMiB, stop);
        return await reading.promise;
      } catch (error) {
        await stop(new AppError('aborted', 'Reading had failed.'));
        throw error;
      } finally {
        reading = undefined;
      }
    },
  };
}

function forkChild(limits: ReadLimits): ChildProcess {
  const child = fork(fileURLToPath(moduleFile('read-child', import.meta.url)), [], {
    execPath: process.execPath,
    execArgv: [
      `--max-old-space-size=${limits.heapMiB}`,
      '--permission',
      '--allow-fs-read=*',
      '--disallow-code-generation-from-strings',
    ],
    env: { TZ: 'UTC' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  lowerPriority(child.pid);
  return child;
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, LOW_PRIORITY);
  } catch {
    // It may be gone already, or the system may not allow it: slower for others, not wrong.
  }
}

/** Pieces go one after the other, so no more than one waits in the memory of this process. */
async function sendSource(child: ChildProcess, source: DocumentSource, limits: ReadLimits): Promise<void> {
  let sent = 0;
  for await (const bytes of source.bytes) {
    sent += bytes.length;
    checkSize(sent, limits);
    if (!child.connected) return;
    await send(child, { kind: 'bytes', bytes });
  }
  const { contentType, filename } = source;
  await send(child, { kind: 'read', request: { contentType, filename, limits } });
}

/** Throws `too-large` for a file bigger than what is read. */
export function checkSize(sizeBytes: number, limits: ReadLimits): void {
  if (sizeBytes <= limits.maxBytes) return;
  const limit = (limits.maxBytes / 2 ** 20).toLocaleString('en', { maximumFractionDigits: 1 });
  throw new AppError('too-large', `The file is larger than ${limit} MiB, the most that is read.`);
}

function send(child: ChildProcess, message: ToChild): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // A child that is gone cannot be told; its exit says why.
  child.send(message, () => resolve());
  return promise;
}

function deadline(sizeBytes: number, limits: ReadLimits, stop: ReaderProcess['stop']): Disposable {
  const ms = limits.timeoutMs + (sizeBytes / 2 ** 20) * limits.timeoutPerMiBMs;
  const seconds = (ms / 1_000).toLocaleString('en', { maximumFractionDigits: 1 });
  const error = new AppError(
    'timeout',
    `Reading the file took longer than ${seconds} seconds and was stopped.`,
  );
  const timer = setTimeout(() => void stop(error), ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** A process that ends during its work: V8 aborts when the heap is full, the system kills when memory is. */
function deathError(code: number | null, signal: NodeJS.Signals | null, limits: ReadLimits): AppError {
  const outOfMemory = signal === 'SIGABRT' || signal === 'SIGKILL' || code === 134;
  if (!outOfMemory) {
    return new AppError(
      'unreadable',
      'The process that read this file died of it; the file is perhaps damaged.',
      {
        details: { code, signal },
      },
    );
  }
  const limit = `${limits.heapMiB} MiB`;
  return new AppError('too-large', `Reading the file takes more memory than a document may have (${limit}).`);
}
