import { AppError } from '../../core/errors.ts';
import type { Timers } from '../../core/timers.ts';

/** The error of work that was cancelled. */
export function abortedError(): AppError {
  return new AppError('aborted', 'The call of the model was cancelled.');
}

/** Waits. Throws `aborted` as soon as the signal fires. */
export async function pause(ms: number, timers: Timers, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw abortedError();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(abortedError());
  const cancelTimer = timers.after(ms, resolve);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', stop);
  }
}
