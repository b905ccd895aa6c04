import { toAppError } from '../../core/errors.ts';
import type { Compute } from '../../ports/compute.ts';

/** Runs tasks where they are asked for, on the event loop: for tests and small tools. */
export function inlineCompute(): Compute {
  return {
    async run(task, input, signal) {
      if (signal.aborted) throw toAppError(signal.reason);
      return task.run(input);
    },
    async close() {},
  };
}
