import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { StoredMessage } from '../memory/transcripts.ts';
import type { Answer, AnswerEvent } from '../wire/sessions.ts';
import type { AnswerTrace } from '../wire/trace.ts';
import type { AnswerPiece } from './answerer.ts';
import type { ChatStores } from './chat-deps.ts';
import type { Answered } from './trace.ts';
import { storeMessage } from './receive-message.ts';
import { textDeltas } from './text-deltas.ts';
import { messageView } from './views.ts';

/** What keeping an answer needs. */
export interface GiveDeps extends ChatStores {
  readonly keepTrace: (trace: AnswerTrace, answered: Answered, ctx: Ctx) => Promise<void>;
}

/** An answer on its way. */
export interface Turn {
  readonly answerId: string;
  readonly sessionId: string;
  /** The message that is answered. */
  readonly questionId: string;
  readonly pieces: AsyncIterable<AnswerPiece>;
  /** The answer it replaces on the path that is shown. */
  readonly insteadOf?: string | undefined;
  /** What was told before, and is told again where all begins anew. */
  readonly told?: readonly AnswerEvent[];
}

type Whole = Extract<AnswerPiece, { kind: 'whole' }>;

/** What was said, as far as it came. */
interface Said {
  readonly text: string[];
  whole?: Whole;
  /** Why it broke off after something was said. */
  failure?: unknown;
}

async function* deltasOf(turn: Turn, said: Said): AsyncIterable<AnswerEvent> {
  try {
    for await (const piece of turn.pieces) {
      if (piece.kind === 'whole') {
        said.whole = piece;
        continue;
      }
      said.text.push(piece.text);
      yield { kind: 'answer-delta', text: piece.text };
    }
  } catch (error) {
    if (said.text.length === 0) throw error;
    said.failure = error;
  }
}

async function keepTrace(turn: Turn, { whole }: Said, deps: GiveDeps, ctx: Ctx): Promise<void> {
  if (!whole) return;
  try {
    await deps.keepTrace({ ...whole.trace, messageId: turn.answerId }, turn, ctx);
  } catch (cause) {
    // The answer is there; only why it is so cannot be told.
    ctx.log.warn('trace-not-kept', { messageId: turn.answerId, cause });
  }
}

/** The answer as far as it came. */
function cutAnswer({ text }: Said, tookMs: number): Answer {
  return { kind: 'generated', text: text.join(''), citations: [], nearest: [], tookMs };
}

/**
 * Gives an answer and keeps it: `answer-start`, `answer-delta`s, `answer-end`. One that was stopped, or failed after its
 * first words, is kept as far as it came and marked; the failure is thrown after that. Keeping goes on when the signal
 * is aborted. Where one was kept meanwhile, which a process that was killed had left, that is the answer: after `reset` it
 * is told instead.
 */
export async function* giveAnswer(turn: Turn, deps: GiveDeps, ctx: Ctx): AsyncIterable<AnswerEvent> {
  const { answerId, sessionId, questionId, insteadOf } = turn;
  const startedAt = ctx.now();
  const lasting = { ...ctx, signal: new AbortController().signal };
  yield { kind: 'answer-start', messageId: answerId };
  const said: Said = { text: [] };
  yield* deltasOf(turn, said);
  const interrupted =
    ctx.signal.aborted || said.failure !== undefined || said.whole?.answer.interrupted === true;
  if (!said.whole && !interrupted) throw new AppError('internal', 'The answerer ended without an answer.');
  const answer = said.whole?.answer ?? cutAnswer(said, ctx.now() - startedAt);
  const { text, citations, kind } = answer;
  const message = await storeMessage(
    answerId,
    {
      sessionId,
      role: 'assistant',
      text,
      citations,
      answerKind: kind === 'generated' ? undefined : kind,
      parentId: questionId,
      insteadOf,
      again: true,
      ...(interrupted ? { interrupted } : {}),
    },
    deps,
    lasting,
  );
  if (message.text !== text) {
    yield* toldAnew(turn, message);
    return;
  }
  await keepTrace(turn, said, deps, lasting);
  if (said.failure !== undefined) throw said.failure;
  yield { kind: 'answer-end', message: messageView(message), answer };
}

/** The events of an answer that was kept, always the same; what came nearest to it was not kept. */
export function* keptAnswer(message: StoredMessage): Iterable<AnswerEvent> {
  const { id, text, citations, answerKind: kind = 'generated' } = message;
  yield { kind: 'answer-start', messageId: id };
  for (const delta of textDeltas(text)) yield { kind: 'answer-delta', text: delta };
  const answer: Answer = { kind, text, citations, nearest: [], tookMs: 0 };
  yield { kind: 'answer-end', message: messageView(message), answer };
}

function* toldAnew({ told = [] }: Turn, message: StoredMessage): Iterable<AnswerEvent> {
  yield { kind: 'reset' };
  yield* told;
  yield* keptAnswer(message);
}
