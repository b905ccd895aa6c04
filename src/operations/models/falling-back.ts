import { AppError, type ErrorCode, toAppError } from '../../core/errors.ts';
import type { ModelFacts, ReadyModel } from '../../ports/language-model.ts';
import { isAnswer } from './answering.ts';

/** What another model could not do better. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['aborted', 'invalid-input']);

/** A prompt has to fit both. */
function both(first: ModelFacts, second: ModelFacts): ModelFacts {
  const known = [first, second].flatMap(({ contextTokens }) => contextTokens ?? []);
  return { ...first, contextTokens: known.length === 0 ? undefined : Math.min(...known) };
}

function bothFailed(first: AppError, second: AppError): AppError {
  if (FINAL.has(second.code)) return second;
  const message = `${first.message} The fallback did not help: ${second.message}`;
  const { retryAfterMs, details } = first;
  return new AppError(first.code, message, {
    cause: second,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(details === undefined ? {} : { details }),
  });
}

/**
 * Asks the second model when the first fails before anything of its answer has come; the end then says who answered.
 * Later nobody steps in: two halves of two answers are none.
 */
export function fallingBack(first: ReadyModel, second: ReadyModel): ReadyModel {
  return {
    facts: both(first.facts, second.facts),
    async *stream(request, signal) {
      let answered = false;
      let failure: AppError;
      try {
        for await (const event of first.stream(request, signal)) {
          answered ||= isAnswer(event);
          yield event;
        }
        return;
      } catch (thrown) {
        failure = toAppError(thrown);
        if (answered || signal.aborted || FINAL.has(failure.code)) throw failure;
      }
      try {
        for await (const event of second.stream(request, signal)) {
          answered ||= isAnswer(event);
          yield event.kind === 'end' ? { by: second.facts.name, ...event } : event;
        }
      } catch (thrown) {
        throw answered ? thrown : bothFailed(failure, toAppError(thrown));
      }
    },
  };
}
