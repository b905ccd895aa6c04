import { AppError, type ErrorCode, toAppError } from '../../core/errors.ts';
import type { Wrap } from './answering.ts';

/** Keeps calls from a model that only fails. One per model of a provider. */
export interface CircuitBreaker {
  readonly guard: Wrap;
}

export interface BreakerOptions {
  readonly now: () => number;
  /** So many failures in a row open the circuit. */
  readonly failures?: number;
  /** So long nobody asks; then one call tries. */
  readonly restMs?: number;
}

const FAILURES = 5;
const REST_MS = 30_000;
/** A provider that asks for so long a pause is not asked again before. */
const LONG_PAUSE_MS = 10_000;
const LONGEST_REST_MS = 60 * 60_000;

/** Failures of the provider; a refused key or request says that it is there. */
const COUNTS: ReadonlySet<ErrorCode> = new Set(['rate-limited', 'unavailable', 'timeout', 'internal']);

/** What is known of a model from the calls before. */
function circuit({ now, failures = FAILURES, restMs = REST_MS }: BreakerOptions) {
  let inARow = 0;
  let closedUntil = 0;
  let trying = false;
  return {
    /** How long nobody may call; 0 when one may. Whoever may after a rest is the only one until the outcome is told. */
    enter(): number {
      const rest = closedUntil - now();
      if (rest > 0) return rest;
      if (trying) return restMs;
      trying = closedUntil > 0;
      return 0;
    },
    worked() {
      inARow = 0;
      closedUntil = 0;
      trying = false;
    },
    failed(error: AppError) {
      inARow += 1;
      const asked = error.retryAfterMs ?? 0;
      if (trying || inARow >= failures || asked >= LONG_PAUSE_MS) {
        closedUntil = now() + Math.min(Math.max(restMs, asked), LONGEST_REST_MS);
      }
      trying = false;
    },
    cancelled() {
      trying = false;
    },
  };
}

/**
 * After failures in a row, or a pause of 10 s or more that the provider asks for, calls are refused at once with
 * `unavailable` and `retryAfterMs`; then a single call tries again.
 */
export function circuitBreaker(options: BreakerOptions): CircuitBreaker {
  const state = circuit(options);
  const guard: Wrap = (model) => ({
    facts: model.facts,
    async *stream(request, signal) {
      const restMs = state.enter();
      if (restMs > 0) {
        const { provider, model: name } = model.facts.name;
        const message = `${name} of ${provider} has failed lately and is left alone for a while.`;
        throw new AppError('unavailable', message, { retryAfterMs: restMs });
      }
      let told = false;
      try {
        yield* model.stream(request, signal);
        told = true;
        state.worked();
      } catch (thrown) {
        const error = toAppError(thrown);
        told = error.code !== 'aborted';
        if (COUNTS.has(error.code)) state.failed(error);
        else if (told) state.worked();
        throw error;
      } finally {
        if (!told) state.cancelled();
      }
    },
  });
  return { guard };
}
