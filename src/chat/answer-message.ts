import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { derivedId } from '../core/ids.ts';
import type { RightOfWay } from '../core/right-of-way.ts';
import type { Timers } from '../core/timers.ts';
import type { AnswerEvent, NewMessage } from '../wire/sessions.ts';
import type { Answerer, AnswerPiece } from './answerer.ts';
import { begunAnswer } from './begun-answer.ts';
import { earlierMessages, type MessagePlace } from './earlier-messages.ts';
import { type GiveDeps, giveAnswer, keptAnswer } from './give-answer.ts';
import { messageIdOf, receiveMessage, storedMessage } from './receive-message.ts';
import { messageView } from './views.ts';

/** A message for a conversation; `idempotencyKey` is the client's own id of it, if it has one. */
export type SentMessage = Omit<NewMessage, 'clientId'> & {
  readonly sessionId: string;
  readonly userId: string;
  readonly idempotencyKey?: string | undefined;
  /** Where it stands when it is said at the place of another message. */
  readonly branch?: Branch | undefined;
};

/** A place beside another message. */
export interface Branch {
  readonly parentId: string;
  /** Where the path that is shown ended. */
  readonly insteadOf: string;
  /** What was said at this place before: it must not answer. */
  readonly replaced: readonly string[];
}

export interface AnswerMessageDeps extends GiveDeps {
  readonly way: Pick<RightOfWay, 'claim'>;
  readonly answerer: Answerer;
  readonly timers: Timers;
}

/** Id of the answer to a message. */
export function answerIdOf(messageId: string, { ownerId }: Pick<Ctx, 'ownerId'>): string {
  return derivedId(ownerId, 'answer-to', messageId);
}

/** What is asked, of whom, and where it stands. */
export interface Asked
  extends MessagePlace, Pick<SentMessage, 'text' | 'mode' | 'persona' | 'filter' | 'userId'> {
  readonly answerId: string;
  readonly replaced?: readonly string[] | undefined;
}

/** Looks for an answer with what was said before it; the person waits for its first piece. */
export async function* piecesFor(
  asked: Asked,
  deps: AnswerMessageDeps,
  ctx: Ctx,
): AsyncIterable<AnswerPiece> {
  const { answerId, text, mode, persona, filter, userId, messageId, replaced = [] } = asked;
  const begun = deps.way.claim();
  try {
    const earlier = await earlierMessages(asked, deps, ctx);
    const excludeSources = [messageId, ...replaced];
    const input = { answerId, text, mode, filter, excludeSources, ...earlier, persona, userId, kept: true };
    for await (const piece of deps.answerer(input, ctx)) {
      begun();
      yield piece;
    }
  } finally {
    begun();
  }
}

async function* answered(
  input: SentMessage,
  id: string,
  deps: AnswerMessageDeps,
  ctx: Ctx,
): AsyncIterable<AnswerEvent> {
  const lasting = { ...ctx, signal: new AbortController().signal };
  const answerId = answerIdOf(id, ctx);
  const key = input.idempotencyKey;
  const before = key === undefined ? undefined : await storedMessage(answerId, deps, lasting);
  const { sessionId, branch } = input;
  const asked = { ...input, ...branch, messageId: id, answerId };
  // The answer is looked for while the message is on its way to the disk, which takes as long as recalling.
  const pieces = before ? undefined : begunAnswer(piecesFor(asked, deps, ctx), deps.timers, ctx);
  const question = await receiveMessage({ ...input, ...branch }, deps, lasting, id);
  const stored: AnswerEvent = { kind: 'message-stored', message: messageView(question) };
  yield stored;
  if (before) yield* keptAnswer(before);
  if (pieces) yield* giveAnswer({ answerId, sessionId, questionId: id, pieces, told: [stored] }, deps, ctx);
}

/**
 * A message in, an answer out. Events: `message-stored` once the message is kept for good and recallable, then, with
 * `answer`, `answer-start`, `answer-delta`s that joined are the answer's text, and `answer-end` once the answer is kept,
 * too. The same key again stores nothing twice and gives the same answer. An abort of the signal stops the answer, not the
 * message. Errors are thrown; what was announced stays.
 */
export async function* answerMessage(
  input: SentMessage,
  deps: AnswerMessageDeps,
  ctx: Ctx,
  id: string = messageIdOf(input, ctx),
): AsyncIterable<AnswerEvent> {
  if (input.role === 'assistant' && input.answer)
    throw new AppError('invalid-input', 'Expected `answer: false` with a message of the assistant.');
  if (!input.answer) {
    yield { kind: 'message-stored', message: messageView(await receiveMessage(input, deps, ctx, id)) };
    return;
  }
  // Who looks for an answer stops when nobody will give it, as when the message cannot be stored.
  const leaving = new AbortController();
  const signal = AbortSignal.any([ctx.signal, leaving.signal]);
  try {
    yield* answered(input, id, deps, { ...ctx, signal });
  } finally {
    leaving.abort();
  }
}
