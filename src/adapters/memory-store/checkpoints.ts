import { Worker } from 'node:worker_threads';
import type { Log } from '../../core/context.ts';
import { moduleFile } from '../connections/module-file.ts';

/** Keeps the log of the memory file short. */
export interface Checkpoints {
  /** Something was written. */
  wrote(): void;
  close(): void;
}

/** Long enough that pages written again and again are moved once. */
const DELAY_MS = 500;

/**
 * Moves what was committed into the file from a thread of its own, soon after writes: it waits for the disk, some 30 ms
 * each time, which nobody who searches should wait for. One that fails is tried again after the next write.
 */
export function checkpoints(path: string, log: Log): Checkpoints {
  let thread: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    const started = new Worker(moduleFile('checkpoint-thread', import.meta.url), {
      workerData: path,
      name: 'checkpoint',
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
    started.on('error', (cause) => log.warn('checkpoint-failed', { cause: String(cause) }));
    started.on('exit', () => {
      if (thread === started) thread = undefined;
    });
    started.unref();
    return started;
  };
  return {
    wrote() {
      timer ??= setTimeout(() => {
        timer = undefined;
        thread ??= start();
        thread.postMessage('checkpoint', []);
      }, DELAY_MS).unref();
    },
    close() {
      clearTimeout(timer);
      void thread?.terminate();
    },
  };
}
