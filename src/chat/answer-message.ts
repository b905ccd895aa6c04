import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { derivedId } from '../core/ids.ts';
import type { StoredMessage } from '../memory/transcripts.ts';
import type { Answer, AnswerEvent, AskRequest, NewMessage } from '../wire/sessions.ts';
import { answerExtractively } from './answer/answer-extractively.ts';
import type { AnswerDeps, ChatStores } from './chat-deps.ts';
import { messageIdOf, receiveMessage, storedMessage, storeMessage } from './receive-message.ts';
import { messageView } from './views.ts';

/** A message for a conversation; `idempotencyKey` is the client's own id of it, if it has one. */
export type SentMessage = Omit<NewMessage, 'clientId'> & {
  readonly sessionId: string;
  readonly idempotencyKey?: string | undefined;
};

/** About so many characters go out at once, cut at a blank. */
const DELTA = 80;

function* deltas(text: string): Iterable<AnswerEvent> {
  for (const [piece] of text.matchAll(new RegExp(String.raw`[\s\S]{1,${DELTA}}(?:\s|$)|\S+`, 'gu')))
    yield { kind: 'answer-delta', text: piece };
}

/** The answer that was given before to a message that came again; its nearest hits were not kept. */
function givenBefore({ text, citations, answerKind = 'extractive' }: StoredMessage): Answer {
  return { kind: answerKind, text, citations, nearest: [], tookMs: 0 };
}

interface Turn {
  readonly question: StoredMessage;
  readonly answerId: string;
  readonly given: Promise<Answer>;
}

async function* answer(turn: Turn, deps: ChatStores & AnswerDeps, ctx: Ctx): AsyncIterable<AnswerEvent> {
  const { question, answerId } = turn;
  yield { kind: 'answer-start', messageId: answerId };
  const before = await storedMessage(answerId, deps, ctx);
  if (before) {
    yield* deltas(before.text);
    yield { kind: 'answer-end', message: messageView(before), answer: givenBefore(before) };
    return;
  }
  const given = await turn.given;
  yield* deltas(given.text);
  const message = await storeMessage(
    answerId,
    {
      sessionId: question.sessionId,
      role: 'assistant',
      text: given.text,
      citations: given.citations,
      answerKind: given.kind,
    },
    deps,
    ctx,
  );
  yield { kind: 'answer-end', message: messageView(message), answer: given };
}

/** Looks for the answer while the message itself is on its way to the disk, which takes as long as recalling. */
function answerTo(id: string, { text, filter }: SentMessage, deps: AnswerDeps, ctx: Ctx): Promise<Answer> {
  const given = answerExtractively({ text, filter, excludeSources: [id], kept: true }, deps, ctx);
  // It fails where it is awaited, after the message is stored; if that fails, nobody misses it.
  given.catch(() => undefined);
  return given;
}

/**
 * A message in, an answer out. Events: `message-stored` once the message is kept for good and recallable, then, with
 * `answer`, `answer-start`, `answer-delta`s that joined are the answer's text, and `answer-end` once the answer is kept,
 * too. The same key again stores nothing twice and gives the same answer. Errors are thrown; what was announced stays.
 */
export async function* answerMessage(
  input: SentMessage,
  deps: ChatStores & AnswerDeps,
  ctx: Ctx,
): AsyncIterable<AnswerEvent> {
  if (input.role === 'assistant' && input.answer)
    throw new AppError('invalid-input', 'Expected `answer: false` with a message of the assistant.');
  const id = messageIdOf(input, ctx);
  const given = input.answer ? answerTo(id, input, deps, ctx) : undefined;
  const question = await receiveMessage(input, deps, ctx, id);
  yield { kind: 'message-stored', message: messageView(question) };
  if (given === undefined) return;
  const answerId = derivedId(ctx.ownerId, 'answer-to', question.id);
  yield* answer({ question, answerId, given }, deps, ctx);
}

/** Answers one question and keeps nothing: no row, no object, no item. */
export function ask(input: AskRequest, deps: AnswerDeps, ctx: Ctx): Promise<Answer> {
  return answerExtractively({ text: input.question, filter: input.filter }, deps, ctx);
}
