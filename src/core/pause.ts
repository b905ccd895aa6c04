import type { Timers } from './timers.ts';

/** Waits so many milliseconds. Throws the signal's reason as soon as it is aborted. */
export async function pause(ms: number, timers: Timers, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const cancelTimer = timers.after(ms, end);
  signal?.addEventListener('abort', end, { once: true });
  await promise;
  cancelTimer();
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
}
