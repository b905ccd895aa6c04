import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../core/errors.ts';
import { childLife } from '../connections/child-life.ts';
import { moduleFile } from '../connections/module-file.ts';
import type { PooledWorker } from '../connections/worker-pool.ts';
import { unpackFailure, type EmbedReply, type EmbedRequest } from './embed-messages.ts';
import type { EncoderFolder } from './encoder-folder.ts';

/** Vectors in the order of the texts, and what computing them took. */
export type Encoded = Pick<Extract<EmbedReply, { kind: 'vectors' }>, 'vectors' | 'tookMs'>;

/** `low` is for stored texts, which must not slow those down who ask. */
export type EncoderPriority = 'normal' | 'low';

/** A model that is open in a process of its own and encodes one request at a time. */
export interface EncoderWorker extends PooledWorker {
  /** Rejects with what the model threw, or with `unavailable` when the worker died. */
  encode(request: EmbedRequest): Promise<Encoded>;
}

/**
 * Starts a process with the model: unlike a thread it gives all its memory back when it ends, and its priority is its
 * own on every system. A question takes 0.1 ms longer than in a thread.
 */
export function startEncoder(encoder: EncoderFolder, priority: EncoderPriority): EncoderWorker {
  const file = fileURLToPath(moduleFile('embed-child', import.meta.url));
  const child = fork(file, [JSON.stringify(encoder), priority], {
    serialization: 'advanced',
    // What one text leaves behind is small; a larger space for young objects would only fill up.
    execArgv: ['--max-semi-space-size=2'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { rest, wake, end } = childLife(child);
  const request = requestSlot();
  child.on('message', request.settle);
  child.on('error', request.died);
  child.on('exit', () => request.died());
  return {
    ...request.worker((message) => child.send(message)),
    rest,
    wake,
    async stop(error) {
      request.stop(error);
      await end();
    },
  };
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
    died: (cause?: unknown) => stop(new AppError('unavailable', 'The embedding process died.', { cause })),
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
