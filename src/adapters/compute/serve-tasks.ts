import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import type { ComputeTask } from '../../ports/compute.ts';
import { packError, type TaskReply, type TaskRequest } from './thread-messages.ts';

/** Of the scale -20 … 19: behind the threads that answer people, before what is idle. */
const LOW_PRIORITY = 10;

/** Makes the current worker thread serve these tasks, by name, to the `threadCompute` that started it. */
export function serveTasks(tasks: readonly ComputeTask<unknown, unknown>[]): void {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  lowerPriority();
  parentPort?.on('message', (request: TaskRequest) => {
    const reply = answer(byName, request);
    try {
      parentPort?.postMessage(reply, []);
    } catch (error) {
      // An output that cannot be cloned is the task's fault and must not end the thread.
      parentPort?.postMessage({ kind: 'failed', failure: packError(error) } satisfies TaskReply, []);
    }
  });
}

function answer(
  tasks: ReadonlyMap<string, ComputeTask<unknown, unknown>>,
  { task, input }: TaskRequest,
): TaskReply {
  try {
    const found = tasks.get(task);
    if (found === undefined)
      throw new AppError('internal', `No compute task is called "${task}" in this thread.`);
    return { kind: 'done', output: found.run(input) };
  } catch (error) {
    return { kind: 'failed', failure: packError(error) };
  }
}

/** On Linux a thread has a priority of its own, named by its thread id. */
function lowerPriority(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), LOW_PRIORITY);
  } catch {
    // Elsewhere the thread shares the priority of the process: slower for others, not wrong.
  }
}
