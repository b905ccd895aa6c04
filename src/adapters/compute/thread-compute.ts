import type { Compute, ComputeTask } from '../../ports/compute.ts';
import { workerPool } from '../connections/worker-pool.ts';
import { startComputeThread } from './compute-thread.ts';

export interface ThreadComputeOptions {
  /** Module that calls `serveTasks`. */
  readonly entry: URL;
  /** Most threads at once; started when there is work. Default 1: on two cores the other one answers people. */
  readonly size?: number;
  /** A thread without work for this long is stopped. Default 30 s. */
  readonly idleMs?: number;
}

/**
 * Runs tasks on worker threads of low priority, first come first served. An abort takes a waiting task from the queue
 * and ends the thread of a running one; a task that kills its thread fails with `internal`. Either way the next task
 * gets a new thread.
 */
export function threadCompute({ entry, size = 1, idleMs = 30_000 }: ThreadComputeOptions): Compute {
  const threads = workerPool({ size, idleMs, start: () => startComputeThread(entry) });
  return {
    async run<I, O>(task: ComputeTask<I, O>, input: I, signal: AbortSignal): Promise<O> {
      const output = await threads.use(signal, (thread) => thread.run({ task: task.name, input }));
      return output as O;
    },
    close: () => threads.close(),
  };
}
