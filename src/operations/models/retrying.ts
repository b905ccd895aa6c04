import { type AppError, type ErrorCode, toAppError } from '../../core/errors.ts';
import type { Timers } from '../../core/timers.ts';
import { type Wrap, isAnswer } from './answering.ts';
import { pause } from './pause.ts';

export interface Patience {
  /** Tries in all. */
  readonly tries: number;
  /** A wait beyond this is not waited for: the error goes on, with its `retryAfterMs`. */
  readonly longestWaitMs: number;
}

const FIRST_WAIT_MS = 500;
const FACTOR = 3;
/** A little apart, so that callers who were told the same time do not come back together. */
const APART_MS = 250;

/** A call that ran into its time limit has taken long enough. */
const TRY_AGAIN: ReadonlySet<ErrorCode> = new Set(['rate-limited', 'unavailable']);

/** What the provider asked for is never cut; else 0.5 s, 1.5 s …, a random half of it taken off (“equal jitter”). */
function waitMs(error: AppError, attempt: number, random: number): number {
  if (error.retryAfterMs !== undefined) return error.retryAfterMs + random * APART_MS;
  return FIRST_WAIT_MS * FACTOR ** (attempt - 1) * (0.5 + random / 2);
}

/** Asks again after a failure that may pass, as long as nothing of the answer has come. */
export function retrying(
  { tries, longestWaitMs }: Patience,
  { timers, random }: { readonly timers: Timers; readonly random: () => number },
): Wrap {
  return (model) => ({
    facts: model.facts,
    async *stream(request, signal) {
      for (let attempt = 1; ; attempt++) {
        let answered = false;
        try {
          for await (const event of model.stream(request, signal)) {
            answered ||= isAnswer(event);
            yield event;
          }
          return;
        } catch (thrown) {
          const error = toAppError(thrown);
          const wait = waitMs(error, attempt, random());
          const hopeless = answered || attempt >= tries || !TRY_AGAIN.has(error.code);
          if (hopeless || wait > longestWaitMs + APART_MS) throw error;
          await pause(wait, timers, signal);
        }
      }
    },
  });
}
