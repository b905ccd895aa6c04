import { AppError } from '../../core/errors.ts';
import { pause as corePause } from '../../core/pause.ts';
import type { Timers } from '../../core/timers.ts';

/** The error of work that was cancelled. */
export function abortedError(): AppError {
  return new AppError('aborted', 'The call of the model was cancelled.');
}

/** Waits. Throws `aborted` as soon as the signal fires. */
export async function pause(ms: number, timers: Timers, signal: AbortSignal): Promise<void> {
  await corePause(ms, timers, signal).catch(() => {
    throw abortedError();
  });
}
