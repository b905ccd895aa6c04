import { AppError } from '../../core/errors.ts';
import type { Timers } from '../../core/timers.ts';
import type { ModelEvent } from '../../ports/language-model.ts';
import type { Wrap } from './answering.ts';
import { abortedError } from './pause.ts';

export interface TimeLimits {
  readonly firstTokenMs: number;
  readonly nextTokenMs: number;
  /** From the first to the last. */
  readonly wholeMs: number;
}

function late(name: string, what: string, ms: number): AppError {
  return new AppError('timeout', `${name} sent ${what} within ${Math.round(ms / 1000)} s.`);
}

/** What comes first: the next event, the end of the time for it, or the end of interest. */
async function inTime<T>(
  next: Promise<T>,
  { ms, error, timers }: { readonly ms: number; readonly error: AppError; readonly timers: Timers },
  signal: AbortSignal,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancelTimer = timers.after(Math.max(0, ms), () => reject(error));
  const stop = () => reject(abortedError());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([next, promise]);
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Waits only so long for the first token, for each next one, and for the whole; then the call is cancelled and `timeout`
 * thrown. Cancelling takes effect at once, whatever the driver does.
 */
export function timeLimits(
  limits: TimeLimits,
  { timers, now }: { readonly timers: Timers; readonly now: () => number },
): Wrap {
  return (model) => ({
    facts: model.facts,
    async *stream(request, signal) {
      const stopped = new AbortController();
      const { model: name } = model.facts.name;
      const end = now() + limits.wholeMs;
      const events = model.stream(request, AbortSignal.any([signal, stopped.signal]))[Symbol.asyncIterator]();
      let first = true;
      let finished = false;
      try {
        for (;;) {
          const tokenMs = first ? limits.firstTokenMs : limits.nextTokenMs;
          const wholeMs = end - now();
          // A model that never pauses leaves no time for a timer.
          if (wholeMs <= 0) throw late(name, 'no whole answer', limits.wholeMs);
          const what = first ? 'nothing' : 'no next word';
          const wait =
            wholeMs < tokenMs
              ? { ms: wholeMs, error: late(name, 'no whole answer', limits.wholeMs), timers }
              : { ms: tokenMs, error: late(name, what, tokenMs), timers };
          const next: IteratorResult<ModelEvent> = await inTime(events.next(), wait, signal);
          first = false;
          finished = next.done === true;
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        stopped.abort();
        // Not waited for: a driver that hangs must not hold up whoever gave up on it.
        if (!finished) events.return?.().catch(() => {});
      }
    },
  });
}
