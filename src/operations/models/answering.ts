import type { ModelEvent, ReadyModel } from '../../ports/language-model.ts';

/** A model made of another: it changes what goes in, what comes out, or when. */
export type Wrap = (model: ReadyModel) => ReadyModel;

/** Whether the answer itself has begun: from here on nobody else may begin it again. Thoughts are no part of it. */
export function isAnswer(event: ModelEvent): boolean {
  return event.kind === 'text' || event.kind === 'tool-call';
}
