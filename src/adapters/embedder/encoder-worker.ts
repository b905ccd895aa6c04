import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import type { PooledWorker } from '../connections/worker-pool.ts';
import { unpackFailure, type EmbedReply, type EmbedRequest } from './embed-messages.ts';
import type { EncoderFolder } from './encoder-folder.ts';

/** Vectors in the order of the texts, and what computing them took. */
export type Encoded = Pick<Extract<EmbedReply, { kind: 'vectors' }>, 'vectors' | 'tookMs'>;

/** A model that is open in a thread or process of its own and encodes one request at a time. */
export interface EncoderWorker extends PooledWorker {
  /** Rejects with what the model threw, or with `unavailable` when the worker died. */
  encode(request: EmbedRequest): Promise<Encoded>;
}

/** The shortest way: for questions. Memory of a thread that ended stays with the process to a good part. */
export function startEncoderThread(encoder: EncoderFolder): EncoderWorker {
  const worker = new Worker(entry('embed-thread'), {
    workerData: encoder,
    name: 'embed',
    // What one text leaves behind is small; a larger space for young objects would only fill up.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const request = requestSlot();
  worker.on('message', request.settle);
  worker.on('error', request.died);
  worker.on('messageerror', request.died);
  worker.on('exit', () => request.died());
  return {
    ...request.worker((message) => worker.postMessage(message, [])),
    rest: () => worker.unref(),
    wake: () => worker.ref(),
    async stop(error) {
      request.stop(error);
      worker.ref();
      await worker.terminate();
    },
  };
}

/** A process of low priority on every system, whose memory is wholly given back when it ends: for stored texts. */
export function startEncoderChild(encoder: EncoderFolder): EncoderWorker {
  const child = fork(fileURLToPath(entry('embed-child')), [JSON.stringify(encoder)], {
    serialization: 'advanced',
    execArgv: ['--max-semi-space-size=2'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').catch(() => undefined);
  const request = requestSlot();
  child.on('message', request.settle);
  child.on('error', request.died);
  child.on('exit', () => request.died());
  return {
    ...request.worker((message) => child.send(message)),
    rest() {
      child.unref();
      child.channel?.unref();
    },
    wake() {
      child.ref();
      child.channel?.ref();
    },
    async stop(error) {
      request.stop(error);
      child.ref();
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Source and build differ only in the extension of their files. */
function entry(name: string): URL {
  return new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
}

/** The one request a worker is busy with, and whether the worker still lives. */
function requestSlot() {
  let running: PromiseWithResolvers<Encoded> | undefined;
  let alive = true;
  const finish = (settle: (request: PromiseWithResolvers<Encoded>) => void) => {
    const request = running;
    running = undefined;
    if (request !== undefined) settle(request);
  };
  const stop = (error: AppError) => {
    alive = false;
    finish((request) => request.reject(error));
  };
  return {
    stop,
    died: (cause?: unknown) => stop(new AppError('unavailable', 'The embedding worker died.', { cause })),
    settle: (message: unknown) => {
      const reply = message as EmbedReply;
      // After a failure the next request opens the model anew: its files may be whole by then.
      if (reply.kind === 'failed') stop(unpackFailure(reply));
      else finish((request) => request.resolve(reply));
    },
    worker: (post: (message: EmbedRequest) => void) => ({
      usable: () => alive,
      encode(message: EmbedRequest) {
        const reply = Promise.withResolvers<Encoded>();
        running = reply;
        post(message);
        return reply.promise;
      },
    }),
  };
}
