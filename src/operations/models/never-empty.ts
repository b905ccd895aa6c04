import { AppError } from '../../core/errors.ts';
import type { FinishReason } from '../../ports/language-model.ts';
import { type Wrap, isAnswer } from './answering.ts';

function empty(name: string, reason: FinishReason): AppError {
  if (reason === 'content-filter') {
    return new AppError('provider-refused', `The provider of ${name} filtered the answer out.`);
  }
  const why = reason === 'length' ? ': all its tokens were used up before' : '';
  return new AppError('unavailable', `${name} ended without an answer${why}.`);
}

/** An end without a word is a failure, so that a fallback or the floor answers. Stop words of the caller may want it. */
export const neverEmpty: Wrap = (model) => ({
  facts: model.facts,
  async *stream(request, signal) {
    let answered = request.stop !== undefined && request.stop.length > 0;
    for await (const event of model.stream(request, signal)) {
      answered ||= isAnswer(event);
      if (event.kind === 'end' && !answered) throw empty(model.facts.name.model, event.reason);
      yield event;
    }
  },
});
