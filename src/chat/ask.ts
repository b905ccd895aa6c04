import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Answer, AskEvent, AskRequest } from '../wire/sessions.ts';
import type { Answerer, AnswerPiece } from './answerer.ts';

type Asked = AskRequest & { readonly userId: string };

interface AskDeps {
  readonly answerer: Answerer;
}

function piecesFor(
  { question, ...input }: Asked,
  { answerer }: AskDeps,
  ctx: Ctx,
): AsyncIterable<AnswerPiece> {
  const asked = { ...input, answerId: ctx.newId(), text: question, excludeSources: [], history: [] };
  return answerer(asked, ctx);
}

/** Answers one question and keeps nothing: no row, no object, no item. */
export async function ask(input: Asked, deps: AskDeps, ctx: Ctx): Promise<Answer> {
  for await (const piece of piecesFor(input, deps, ctx)) if (piece.kind === 'whole') return piece.answer;
  ctx.signal.throwIfAborted();
  throw new AppError('internal', 'The answerer ended without an answer.');
}

/** The same as it comes: `answer-delta`s, then `answer-given`. An abort of the signal cancels it. */
export async function* askStream(
  input: Asked,
  deps: AskDeps,
  ctx: Ctx,
): AsyncIterable<{ readonly id: string; readonly event: AskEvent }> {
  let count = 0;
  for await (const piece of piecesFor(input, deps, ctx)) {
    const event: AskEvent =
      piece.kind === 'text'
        ? { kind: 'answer-delta', text: piece.text }
        : { kind: 'answer-given', answer: piece.answer };
    yield { id: `${++count}`, event };
  }
}
