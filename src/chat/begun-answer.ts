import type { Ctx } from '../core/context.ts';
import { isAbort } from '../core/errors.ts';
import type { Timers } from '../core/timers.ts';
import type { AnswerPiece } from './answerer.ts';

/** How long an answerer that was stopped may take to end by itself. */
const STOP_GRACE_MS = 300;

const GONE = Symbol('gone');

/** Resolves a while after the signal is aborted. */
function givenUp(
  timers: Timers,
  signal: AbortSignal,
): { readonly promise: Promise<typeof GONE>; cancel(): void } {
  const { promise, resolve } = Promise.withResolvers<typeof GONE>();
  let cancelTimer = () => {};
  const onAbort = () => {
    cancelTimer = timers.after(STOP_GRACE_MS, () => resolve(GONE));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    promise,
    cancel() {
      signal.removeEventListener('abort', onAbort);
      cancelTimer();
    },
  };
}

/**
 * Begins to take pieces at once, so that the answer is looked for while something else is awaited. When the signal is
 * aborted it ends, at the latest a moment later, even if the answerer does not hear it.
 */
export function begunAnswer(
  pieces: AsyncIterable<AnswerPiece>,
  timers: Timers,
  { signal }: Pick<Ctx, 'signal'>,
): AsyncIterable<AnswerPiece> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = iterator.next();
  // It fails where it is awaited; if nobody does, the message itself could not be kept, and nobody misses it.
  first.catch(() => undefined);
  return (async function* () {
    const patience = givenUp(timers, signal);
    try {
      for (let next = first; ; next = iterator.next()) {
        const piece = await Promise.race([next, patience.promise]);
        if (piece === GONE || piece.done === true) return;
        yield piece.value;
      }
    } catch (error) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      patience.cancel();
      // One that waits for something which never comes would never end.
      iterator.return?.().catch(() => undefined);
    }
  })();
}
