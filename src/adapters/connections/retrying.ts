import { toAppError, type ErrorCode } from '../../core/errors.ts';
import { throwIfAborted } from './aborts.ts';

export interface RetryOptions {
  /** At most so many tries in all. */
  readonly attempts: number;
  /** Waits between tries; rejects when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** What another try would not change, although a later run may. */
const FINAL_HERE = new Set<ErrorCode>(['storage-full', 'internal']);

/**
 * Tries again after a retryable failure: after the time the other side asked for, else after 0.5, 1, 2, … 30 s. A longer
 * wait than 30 s is left to the caller: the error is thrown with its `retryAfterMs`.
 */
export async function retrying<T>(
  work: () => Promise<T>,
  { attempts, sleep }: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal);
    try {
      return await work();
    } catch (thrown) {
      const error = toAppError(thrown);
      throwIfAborted(signal);
      const waitMs = error.retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
      const hopeless = !error.retryable || FINAL_HERE.has(error.code);
      if (hopeless || attempt >= attempts || waitMs > LONGEST_WAIT_MS) throw error;
      await pause(sleep, waitMs, signal);
    }
  }
}

async function pause(sleep: RetryOptions['sleep'], ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, signal);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}
