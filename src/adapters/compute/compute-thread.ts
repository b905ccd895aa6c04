import { Worker } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import type { PooledWorker } from '../connections/worker-pool.ts';
import { unpackError, type TaskReply, type TaskRequest } from './thread-messages.ts';

/** One worker thread that runs one task at a time. */
export interface ComputeThread extends PooledWorker {
  /** Rejects with what the task threw, or with `internal` when the thread died. */
  run(request: TaskRequest): Promise<unknown>;
}

/** Starts a thread on a module that calls `serveTasks`. */
export function startComputeThread(entry: URL): ComputeThread {
  const worker = new Worker(entry);
  let running: PromiseWithResolvers<unknown> | undefined;
  let alive = true;

  const finish = (settle: (task: PromiseWithResolvers<unknown>) => void) => {
    const task = running;
    running = undefined;
    if (task !== undefined) settle(task);
  };
  const died = (cause?: unknown) => {
    alive = false;
    finish((task) =>
      task.reject(new AppError('internal', 'A compute thread died during its task.', { cause })),
    );
  };
  worker.on('message', (reply: TaskReply) => {
    finish((task) =>
      reply.kind === 'done' ? task.resolve(reply.output) : task.reject(unpackError(reply.failure)),
    );
  });
  worker.on('error', died);
  worker.on('messageerror', died);
  worker.on('exit', () => died());

  return {
    usable: () => alive,
    rest: () => worker.unref(),
    wake: () => worker.ref(),
    async stop(error) {
      alive = false;
      finish((task) => task.reject(error));
      // A thread at rest would let this process end before it is gone.
      worker.ref();
      await worker.terminate();
    },
    run(request) {
      const task = Promise.withResolvers<unknown>();
      worker.postMessage(request, []);
      running = task;
      return task.promise;
    },
  };
}
