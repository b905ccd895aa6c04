import type { Ctx } from '../core/context.ts';
import { AppError, isAbort, toAppError } from '../core/errors.ts';
import type { StoredMessage } from '../memory/transcripts.ts';
import type { StopResult } from '../wire/branches.ts';
import { type AnswerMessageDeps, answerIdOf, answerMessage, type SentMessage } from './answer-message.ts';
import type { ChatStores } from './chat-deps.ts';
import { keptAnswer } from './give-answer.ts';
import type {
  AnswerStart,
  AnswerWork,
  Following,
  LiveAnswer,
  LiveAnswers,
  NumberedEvent,
} from './live-answers.ts';
import { messageIdOf, storedMessage } from './receive-message.ts';

export interface FollowDeps extends ChatStores {
  readonly live: LiveAnswers;
}

/** Name of the run that events have when they are made from a stored answer; a run's own has eight characters. */
const KEPT = 'kept';

function noAnswer(id: string): AppError {
  return new AppError('not-found', `Expected the id of an answer, got ${id}, which is none.`);
}

async function isForgotten(roots: readonly string[], { ledger }: ChatStores, ctx: Ctx): Promise<boolean> {
  const sourceId = { in: roots };
  return (await ledger.readsOf(ctx.ownerId).table('tombstones').count({ sourceId })) > 0;
}

/** Events of a stored answer after the one that is named, or all, with `reset` before when that was of a run. */
function* keptEvents(message: StoredMessage, after: string | undefined): Iterable<NumberedEvent> {
  const events = [...keptAnswer(message)];
  const [run, number] = after?.split('.') ?? [KEPT, '0'];
  const count = run === KEPT && /^\d{1,9}$/u.test(number ?? '') ? Number(number) : Infinity;
  const known = count <= events.length;
  if (!known) yield { id: `${KEPT}.0`, event: { kind: 'reset' } };
  for (const [index, event] of events.entries())
    if (!known || index >= count) yield { id: `${KEPT}.${index + 1}`, event };
}

/** An answer of this owner that runs or ran a short time ago; `not-found` when it, or what it answers, was forgotten. */
async function liveAnswer(id: string, deps: FollowDeps, ctx: Ctx): Promise<LiveAnswer | undefined> {
  const live = deps.live.find({ ownerId: ctx.ownerId, answerId: id });
  if (live && (await isForgotten([id, ...live.roots], deps, ctx))) throw noAnswer(id);
  return live;
}

async function storedAnswer(id: string, deps: FollowDeps, ctx: Ctx): Promise<StoredMessage> {
  const message = await storedMessage(id, deps, ctx);
  if (message?.role !== 'assistant' || (await isForgotten([id, message.sessionId], deps, ctx)))
    throw noAnswer(id);
  return message;
}

/** Waits while another process runs the answer; false when the follower has gone. Throws why it may no longer read. */
async function endedElsewhere(id: string, signal: AbortSignal, deps: FollowDeps, ctx: Ctx): Promise<boolean> {
  try {
    await deps.live.endedElsewhere({ ownerId: ctx.ownerId, answerId: id }, signal);
    return true;
  } catch (error) {
    if (signal.aborted && isAbort(error)) return false;
    throw error;
  }
}

/**
 * Events of an answer: of the one that runs, else made from the stored one; one that runs in another process is given when
 * it has ended, also to who was here when it failed before. Errors: `not-found`.
 */
export async function* followAnswer(
  { id, ...following }: Following & { readonly id: string },
  deps: FollowDeps,
  ctx: Ctx,
): AsyncIterable<NumberedEvent> {
  const live = await liveAnswer(id, deps, ctx);
  if (live && !live.failed()) yield* live.follow(following);
  else if (await endedElsewhere(id, following.signal, deps, ctx)) {
    const stored = await storedAnswer(id, deps, ctx).catch((error: unknown) => {
      if (live && toAppError(error).code === 'not-found') return undefined;
      throw error;
    });
    if (stored) yield* keptEvents(stored, following.after);
    else if (live) yield* live.follow(following);
  }
}

/** Stops an answer and waits until what was said is kept. Errors: `not-found`. */
export async function stopAnswer(
  { id }: { readonly id: string },
  deps: FollowDeps,
  ctx: Ctx,
): Promise<StopResult> {
  const live = await liveAnswer(id, deps, ctx);
  const here = live && !live.failed();
  const stopped = here
    ? await live.stop()
    : await deps.live.stopElsewhere({ ownerId: ctx.ownerId, answerId: id }, ctx.signal);
  if (!live) await storedAnswer(id, deps, ctx);
  return { id, outcome: stopped ? 'stopped' : 'ended' };
}

/** Starts an answer, or joins the one that runs under its id, and follows it. */
export async function* startAnswer(
  {
    work,
    following,
    ...start
  }: Omit<AnswerStart, 'ownerId'> & {
    readonly work: AnswerWork;
    readonly following: Following;
  },
  deps: FollowDeps,
  ctx: Ctx,
): AsyncIterable<NumberedEvent> {
  await liveAnswer(start.answerId, deps, ctx);
  yield* deps.live.begin({ ...start, ownerId: ctx.ownerId }, work).follow(following);
}

/**
 * A message in, its answer out, followed: see `answerMessage` for the events. The answer goes on when the follower goes;
 * the same message sent again with its key joins it.
 */
export async function* sendMessage(
  input: SentMessage,
  following: Following,
  deps: FollowDeps & AnswerMessageDeps,
  ctx: Ctx,
): AsyncIterable<NumberedEvent> {
  const id = messageIdOf(input, ctx);
  const work: AnswerWork = (signal) => answerMessage(input, deps, { ...ctx, signal }, id);
  if (input.answer) {
    const roots = [id, input.sessionId];
    yield* startAnswer({ answerId: answerIdOf(id, ctx), roots, work, following }, deps, ctx);
  } else for await (const event of work(ctx.signal)) yield { id: `${KEPT}.1`, event };
}
