import { splitTask } from './ingest/split-task.ts';
import { messageItemsTask } from './memory/message-items-task.ts';
import type { ComputeTask } from './ports/compute.ts';

/** Every pure CPU task of the rooms that may run on a compute thread (`src/thread.ts`); names are unique. */
export const computeTasks: readonly ComputeTask<unknown, unknown>[] = [splitTask, messageItemsTask];
