import { orAborted } from '../../core/or-aborted.ts';
import type { RunningWork } from './running-work.ts';

/**
 * The same events until the signal is aborted; then its reason is thrown, also while the next event is waited for. What
 * makes them may still be at work then, such as keeping what was said: `track` hears when it has ended.
 */
export async function* whileAllowed<T>(
  events: AsyncIterable<T>,
  signal: AbortSignal,
  track: RunningWork['track'] = (work) => work,
): AsyncGenerator<T> {
  const rest = events[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await orAborted(rest.next(), signal);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Nobody is left to hear how it ends.
    track(Promise.resolve(rest.return?.())).catch(() => undefined);
  }
}
