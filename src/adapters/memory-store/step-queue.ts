import type { InSteps } from './memory-calls.ts';

/** A call that waits its turn. */
export interface QueuedCall {
  readonly id: number;
  readonly writes: boolean;
  /** Does the work, or returns it in steps. */
  readonly run: () => unknown;
  readonly done: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
}

export interface StepQueue {
  add(call: QueuedCall): void;
  /** A call that has not started is left out; one that runs goes on. */
  cancel(id: number): void;
}

/** Reads that may go before a write that waits, so that writes are slowed but never starved. */
const READS_IN_A_ROW = 8;

/**
 * Runs one call, or one step of one, at a time. Writes keep their order; reads go before them and between the steps of
 * a long one, so a question waits for one step of an import or an erasure at most. `later` runs a function soon, after
 * messages that have arrived were taken in.
 */
export function stepQueue(later: (run: () => void) => void): StepQueue {
  const reads: QueuedCall[] = [];
  const writes: QueuedCall[] = [];
  let running: { readonly call: QueuedCall; readonly steps: InSteps<unknown> } | undefined;
  let readsInARow = 0;
  let scheduled = false;

  const advance = (call: QueuedCall, steps: InSteps<unknown>) => {
    const { done, value } = steps.next();
    running = done ? undefined : { call, steps };
    if (done) call.done(value);
  };

  const start = (call: QueuedCall) => {
    const result = call.run();
    if (isSteps(result)) advance(call, result);
    else call.done(result);
  };

  const guarded = (call: QueuedCall, work: () => void) => {
    try {
      work();
    } catch (error) {
      if (running?.call === call) running = undefined;
      call.failed(error);
    }
  };

  const runNext = () => {
    const writeWaits = running !== undefined || writes.length > 0;
    const read = writeWaits && readsInARow >= READS_IN_A_ROW ? undefined : reads.shift();
    readsInARow = read ? readsInARow + 1 : 0;
    if (read) return guarded(read, () => start(read));
    if (running) {
      const { call, steps } = running;
      return guarded(call, () => advance(call, steps));
    }
    const write = writes.shift();
    if (write) guarded(write, () => start(write));
  };

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    later(() => {
      scheduled = false;
      runNext();
      if (running || reads.length > 0 || writes.length > 0) schedule();
    });
  };

  return {
    add(call) {
      (call.writes ? writes : reads).push(call);
      schedule();
    },
    cancel(id) {
      for (const waiting of [reads, writes]) {
        const at = waiting.findIndex((call) => call.id === id);
        if (at >= 0) waiting.splice(at, 1);
      }
    },
  };
}

function isSteps(value: unknown): value is InSteps<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function';
}
