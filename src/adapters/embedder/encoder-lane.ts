import { workerPool } from '../connections/worker-pool.ts';
import { abortError, throwIfAborted } from '../connections/aborts.ts';
import type { Encoded, EncoderWorker } from './encoder-worker.ts';

export interface EncoderLaneOptions {
  readonly start: () => EncoderWorker;
  /** A model unused for this long is taken out of memory. At most 2^31 - 1. */
  readonly idleMs: number;
  /** Called when it was taken out. */
  readonly onIdle?: () => void;
}

/** One model in one worker, loaded when first needed, first come first served. */
export interface EncoderLane {
  /** An abort takes waiting texts from the queue; texts that are being encoded are finished, for the model stays open. */
  encode(texts: readonly string[], signal: AbortSignal): Promise<Encoded>;
  /** Fails what waits and runs, and resolves when the worker is gone. */
  close(): Promise<void>;
}

export function encoderLane(options: EncoderLaneOptions): EncoderLane {
  const workers = workerPool({ ...options, size: 1 });
  return {
    async encode(texts, signal) {
      throwIfAborted(signal);
      const whileWaiting = new AbortController();
      const onAbort = () => whileWaiting.abort(abortError(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await workers.use(whileWaiting.signal, (worker) => {
          signal.removeEventListener('abort', onAbort);
          return worker.encode({ texts });
        });
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    close: () => workers.close(),
  };
}
