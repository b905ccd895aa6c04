import type { CompletionEvent } from '../../wire/completion.ts';
import type { Citation } from '../../wire/sessions.ts';

/** An answer that has begun. */
export interface Speech {
  /** Items the answer can rest on. */
  readonly memories: readonly string[];
  readonly said: AsyncIterable<Exclude<CompletionEvent, { kind: 'start' }>>;
  /** What the answer does rest on, once its text is known. */
  readonly restsOn: (text: string) => readonly Citation[];
  readonly answerKind?: 'extractive' | 'nothing-found';
}
