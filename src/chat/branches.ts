import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { derivedId } from '../core/ids.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { ChooseLeaf, EditMessage, NewBranch, Regenerate } from '../wire/branches.ts';
import type { SessionView } from '../wire/sessions.ts';
import { type AnswerMessageDeps, piecesFor } from './answer-message.ts';
import { begunAnswer } from './begun-answer.ts';
import type { ChatStores } from './chat-deps.ts';
import { type FollowDeps, sendMessage, startAnswer } from './follow-answer.ts';
import { giveAnswer, keptAnswer } from './give-answer.ts';
import { hiddenSources } from './hidden-sources.ts';
import type { Following, NumberedEvent } from './live-answers.ts';
import type { MessageTree } from './message-tree.ts';
import { storedMessage } from './receive-message.ts';
import { activePath, sessionTree } from './session-path.ts';
import { createSession, sessionRow } from './sessions.ts';
import { sessionView } from './views.ts';

type BranchDeps = FollowDeps & AnswerMessageDeps;

/** A message with the session and the tree it is in. */
interface Found {
  readonly item: MemoryItem;
  readonly session: ChatSessionRow;
  readonly tree: MessageTree;
}

function noMessage(id: string, what: string): AppError {
  return new AppError('not-found', `Expected the id of ${what}, got ${id}, which is none.`);
}

async function found(id: string, what: string, deps: ChatStores, ctx: Ctx): Promise<Found> {
  const [item] = await deps.memory.get(ctx.ownerId, [id], ctx.signal);
  const { sessionId } = item ?? {};
  if (item?.kind !== 'message' || sessionId === undefined) throw noMessage(id, what);
  const session = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const gone = await tx.table('tombstones').count({ sourceId: { in: [id, sessionId] } });
    return gone > 0 ? undefined : tx.table('chatSessions').get({ id: sessionId });
  });
  if (!session) throw noMessage(id, what);
  return { item, session, tree: await sessionTree(session, deps, ctx) };
}

/** From now on the session has branches; gives the last message of the path that is shown. */
async function branching({ session, tree }: Found, deps: ChatStores, ctx: Ctx): Promise<string> {
  const { id } = session;
  const leafId = tree.newestUnder(id);
  return deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    await tx.table('chatSessions').update({ id, leafId: null }, { leafId });
    return (await sessionRow(tx, id)).leafId ?? leafId;
  });
}

interface Again extends Omit<Regenerate, 'clientId'> {
  readonly messageId: string;
  readonly userId: string;
  readonly idempotencyKey?: string | undefined;
}

/**
 * Answers a message again: the new answer stands beside the old one and the path that is shown goes over to it. The same
 * key again joins the answer or gives it as it was kept. Errors: `not-found`, `invalid-input` for what is no answer.
 */
export async function* regenerate(
  input: Again,
  following: Following,
  deps: BranchDeps,
  ctx: Ctx,
): AsyncIterable<NumberedEvent> {
  const { messageId, idempotencyKey: key, ...wish } = input;
  const from = await found(messageId, 'an answer', deps, ctx);
  const { tree, session } = from;
  const questionId = tree.parentOf(messageId);
  const [[question], hidden] = await Promise.all([
    deps.memory.get(ctx.ownerId, [questionId], ctx.signal),
    hiddenSources(deps, ctx),
  ]);
  if (from.item.role !== 'assistant' || question?.role !== 'user' || hidden.includes(questionId))
    throw new AppError('invalid-input', 'Expected an answer to a message of the user.');
  const answerId = key === undefined ? ctx.newId() : derivedId(ctx.ownerId, 'regenerated', messageId, key);
  const text = question.text ?? '';
  const place = { sessionId: session.id, messageId: questionId, parentId: tree.parentOf(questionId) };
  const asked = { ...wish, ...place, answerId, text, replaced: tree.children(questionId) };
  yield* startAnswer(
    {
      answerId,
      roots: [questionId, session.id],
      following,
      async *work(signal) {
        const within = { ...ctx, signal };
        const before = key === undefined ? undefined : await storedMessage(answerId, deps, within);
        if (before) {
          yield* keptAnswer(before);
          return;
        }
        const insteadOf = await branching(from, deps, within);
        const pieces = begunAnswer(piecesFor(asked, deps, within), deps.timers, within);
        yield* giveAnswer({ answerId, sessionId: session.id, questionId, insteadOf, pieces }, deps, within);
      },
    },
    deps,
    ctx,
  );
}

interface Edit extends Omit<EditMessage, 'clientId'> {
  readonly messageId: string;
  readonly userId: string;
  readonly idempotencyKey?: string | undefined;
}

/**
 * Says something else at the place of a message of the user, and answers that: the old message and what followed it stay
 * as another branch. Errors: `not-found`, `invalid-input` for a message of somebody else.
 */
export async function* editMessage(
  { messageId, ...input }: Edit,
  following: Following,
  deps: BranchDeps,
  ctx: Ctx,
): AsyncIterable<NumberedEvent> {
  const from = await found(messageId, 'a message', deps, ctx);
  if (from.item.role !== 'user')
    throw new AppError('invalid-input', 'Expected a message of the user; others cannot be edited.');
  const { tree, session } = from;
  const branch = {
    parentId: tree.parentOf(messageId),
    insteadOf: await branching(from, deps, ctx),
    replaced: [messageId, ...tree.children(messageId)],
  };
  const sent = { ...input, branch, sessionId: session.id, role: 'user', answer: true } as const;
  yield* sendMessage(sent, following, deps, ctx);
}

/** Shows the path through a message, on to the newest that follows it. Errors: `not-found`. */
export async function chooseLeaf(
  { id, messageId }: ChooseLeaf & { readonly id: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<SessionView> {
  const session = await sessionRow(deps.ledger.readsOf(ctx.ownerId), id);
  const tree = await sessionTree(session, deps, ctx);
  if (!tree.has(messageId)) throw noMessage(messageId, 'a message of this conversation');
  if (session.leafId === null) return sessionView(session);
  const leafId = tree.newestUnder(messageId);
  await deps.ledger.forOwner(ctx.ownerId, (tx) => tx.table('chatSessions').update({ id }, { leafId }));
  return sessionView({ ...session, leafId });
}

/**
 * Begins a conversation that goes on after a message of another; what came before is read there and not stored twice.
 * Errors: `not-found`.
 */
export async function branchSession(
  { id, messageId, title, userId }: NewBranch & { readonly id: string; readonly userId: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<SessionView> {
  const session = await sessionRow(deps.ledger.readsOf(ctx.ownerId), id);
  const tree = await sessionTree(session, deps, ctx);
  const shown =
    tree.has(messageId) || (await activePath(session, deps, ctx)).some((at) => at.id === messageId);
  if (!shown) throw noMessage(messageId, 'a message of this conversation');
  return createSession({ title, userId, leafId: messageId }, deps, ctx);
}
