import type { Ctx } from '../core/context.ts';
import type { RecallFilter } from '../wire/recall.ts';
import type { Answer } from '../wire/sessions.ts';
import type { AnswerTrace, ChatMode } from '../wire/trace.ts';

/** A message before the one that is answered, as the prompt shows it. */
export interface EarlierMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant' | 'person' | 'system';
  readonly text: string;
}

/** What is to be answered. */
export interface AnswerInput {
  /** Id the answer will have. */
  readonly answerId: string;
  readonly text: string;
  readonly mode: ChatMode;
  readonly filter: RecallFilter;
  /** Roots that must not answer: the question itself, and what the prompt shows anyway. */
  readonly excludeSources: readonly string[];
  /** On the way to this message, oldest first. */
  readonly history: readonly EarlierMessage[];
  /** Rolling summary of what came before the history. */
  readonly summary?: string | undefined;
  /** Name of a persona text; the default one without it. */
  readonly persona?: string | undefined;
  readonly userId: string;
  /** The text is kept as a message, so that one which asks nothing has done its work. */
  readonly kept?: boolean;
}

/** Pieces of an answer, in order; the texts joined are the answer's text, `whole` comes once and last. */
export type AnswerPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'whole'; readonly answer: Answer; readonly trace: Omit<AnswerTrace, 'messageId'> };

/**
 * Answers by a model where one is configured, else by quotes. A model that fails after its first word, and an abort of the
 * signal, end it with what was said so far: a `whole` whose answer is marked `interrupted`. Errors are thrown only when
 * even the floor fails, `aborted` when it was stopped before anybody was asked, and `not-found` for a persona that there
 * is not.
 */
export type Answerer = (input: AnswerInput, ctx: Ctx) => AsyncIterable<AnswerPiece>;
