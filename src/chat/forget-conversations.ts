import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { ForgetReport } from '../wire/common.ts';
import { batches } from '../core/bounded.ts';
import type { ChatStores } from './chat-deps.ts';
import type { ErasedMessage, Erasure } from './erase-conversations.ts';
import { type Aftermath, aftermath } from './after-forgetting.ts';
import { describeSessionJob } from './describe-session.ts';
import { carryThrough, noteForgetting } from './forget-intent.ts';
import { dropRepeated, importsHolding } from './history/imports.ts';
import { messagesQuoting, messagesQuotingForgotten } from './lineage.ts';
import { survivor } from './message-tree.ts';
import { sessionRow } from './sessions.ts';
import { snapshotJob } from './snapshot-sessions.ts';

/** Sessions removed together, in one transaction. */
const SESSIONS_AT_ONCE = 200;
/** Ids that fit into one condition of a query. */
const IDS_AT_ONCE = 500;

function erased(item: MemoryItem): ErasedMessage {
  return { id: item.id, sessionId: item.sessionId ?? '', seq: item.position };
}

interface Hidden {
  readonly messages: readonly ErasedMessage[];
  readonly sessions: readonly string[];
}

/** Takes messages out of what the rows of their sessions say; snapshot and description follow. */
async function hideMessages(tx: OwnerTx, messages: readonly ErasedMessage[], after: Aftermath) {
  const bySession = Map.groupBy(messages, ({ sessionId }) => sessionId);
  for (const [id, gone] of bySession) {
    const row = await tx.table('chatSessions').get({ id });
    if (!row) continue;
    const messageCount = Math.max(0, row.messageCount - gone.length);
    const title = after.titles.get(id);
    const patch = {
      messageCount,
      leafId: row.leafId && survivor(row.leafId, after.parents),
      summary: null,
      summaryUpto: null,
      summarySeq: null,
      ...(title === undefined ? {} : { title, titledBy: 'rule' as const }),
    };
    await tx.table('chatSessions').update({ id }, patch);
    await tx.enqueue(snapshotJob({ sessionId: id }, tx.now));
    await tx.enqueue(describeSessionJob(id, tx.now));
  }
}

/** Those that another deletion did not take before: a message counts once, however often it is deleted. */
async function notForgotten(tx: OwnerTx, messages: readonly ErasedMessage[]): Promise<ErasedMessage[]> {
  const gone = new Set<string>();
  for (const run of batches(messages, IDS_AT_ONCE)) {
    const where = { kind: 'message', sourceId: { in: run.map(({ id }) => id) } } as const;
    for (const { sourceId } of await tx.table('tombstones').list({ where })) gone.add(sourceId);
  }
  return messages.filter(({ id }) => !gone.has(id));
}

async function rowsOf(tx: OwnerTx, ids: readonly string[]): Promise<ChatSessionRow[]> {
  const rows: ChatSessionRow[] = [];
  for (const run of batches(ids, IDS_AT_ONCE))
    rows.push(...(await tx.table('chatSessions').list({ where: { id: { in: run } } })));
  return rows;
}

/** Hides at once: tombstones and rows in one transaction, with the intent that carries the rest through. */
async function hide(
  tx: OwnerTx,
  intentId: string,
  { messages, sessions }: Hidden,
  after: Aftermath,
): Promise<Erasure> {
  const touched = [...new Set([...sessions, ...messages.map(({ sessionId }) => sessionId)])];
  const erasure = { messages, sessions, imports: await importsHolding(tx, await rowsOf(tx, touched)) };
  const fresh = await notForgotten(tx, messages);
  const tombstone = { createdAt: tx.now, report: null };
  await tx.table('tombstones').upsert([
    ...messages.map(({ id }) => {
      const parentId = after.parents.get(id) ?? null;
      return { ...tombstone, kind: 'message' as const, sourceId: id, parentId };
    }),
    ...sessions.map((id) => ({ ...tombstone, kind: 'session' as const, sourceId: id })),
  ]);
  await hideMessages(tx, fresh, after);
  for (const run of batches(sessions, IDS_AT_ONCE))
    await tx.table('chatSessions').remove({ id: { in: run } });
  await dropRepeated(tx, sessions);
  await noteForgetting(tx, intentId, erasure);
  return erasure;
}

async function forget(hidden: Hidden, deps: ChatStores, ctx: Ctx): Promise<ForgetReport['removed']> {
  const intentId = ctx.newId();
  const after = await aftermath(hidden.messages, deps, ctx);
  const erasure = await deps.ledger.forOwner(ctx.ownerId, (tx) => hide(tx, intentId, hidden, after));
  // Once begun it is carried through, even if who asked has gone.
  const lasting = { ...ctx, signal: new AbortController().signal };
  const removed = await carryThrough({ id: intentId, erasure }, deps, lasting);
  return { ...removed, sessions: hidden.sessions.length };
}

/**
 * Forgets one message: it is hidden at once, then its object, items, vectors and the answers that quote it go; a job
 * takes it out of the files of imports. Errors: `not-found`. Says what went, by kind of item, `objects` and `sessions`.
 */
export async function forgetMessage(
  input: { readonly id: string; readonly messageId: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<ForgetReport> {
  await sessionRow(deps.ledger.readsOf(ctx.ownerId), input.id);
  const [item] = await deps.memory.get(ctx.ownerId, [input.messageId], ctx.signal);
  if (item?.kind !== 'message' || item.sessionId !== input.id)
    throw new AppError('not-found', `Expected a message of this conversation, got ${input.messageId}.`);
  const quoting = await messagesQuoting([item.id], deps, ctx);
  const messages = [item, ...quoting].map(erased);
  return { id: item.id, removed: await forget({ messages, sessions: [] }, deps, ctx) };
}

/** Forgets whole conversations: everything said in them, and the answers elsewhere that quote them. */
async function forgetSessions(
  sessions: readonly string[],
  deps: ChatStores,
  ctx: Ctx,
): Promise<ForgetReport['removed']> {
  const going = new Set(sessions);
  const quoting = await messagesQuoting(sessions, deps, ctx);
  const messages = quoting.filter(({ sessionId = '' }) => !going.has(sessionId)).map(erased);
  return forget({ messages, sessions }, deps, ctx);
}

/** Forgets a conversation. Errors: `not-found`. See `forgetMessage` for what goes. */
export async function forgetSession(
  input: { readonly id: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<ForgetReport> {
  await sessionRow(deps.ledger.readsOf(ctx.ownerId), input.id);
  return { id: input.id, removed: await forgetSessions([input.id], deps, ctx) };
}

/** Forgets every conversation of the owner; the report's id is the owner's. */
export async function forgetAllSessions(deps: ChatStores, ctx: Ctx): Promise<ForgetReport> {
  const removed: Record<string, number> = {};
  for (;;) {
    const rows = await deps.ledger
      .readsOf(ctx.ownerId)
      .table('chatSessions')
      .list({ limit: SESSIONS_AT_ONCE, orderBy: [['id', 'asc']] });
    if (rows.length === 0) return { id: ctx.ownerId, removed };
    const ids = rows.map(({ id }) => id);
    for (const [what, count] of Object.entries(await forgetSessions(ids, deps, ctx)))
      removed[what] = (removed[what] ?? 0) + count;
  }
}

/** Forgets answers that quote something which was forgotten; gives how many messages went. */
export async function forgetStaleAnswers(deps: ChatStores, ctx: Ctx): Promise<number> {
  const stale = await messagesQuotingForgotten(deps, ctx);
  if (stale.length === 0) return 0;
  await forget({ messages: stale.map(erased), sessions: [] }, deps, ctx);
  return stale.length;
}
