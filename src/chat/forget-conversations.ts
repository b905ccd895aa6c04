import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { ChatSessionRow, IntentRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import { Id, type ForgetReport } from '../wire/common.ts';
import { eraseConversations, ErasedMessage, type Erasure, type ForgetDeps } from './erase-conversations.ts';
import { listImports } from './history/imports.ts';
import { messagesQuoting, messagesQuotingForgotten } from './lineage.ts';
import { sessionRow } from './sessions.ts';
import { titleFrom } from './session-title.ts';
import { snapshotJob } from './snapshot-sessions.ts';

/** Kind of the intent that stands while conversations, or messages of them, are being removed. */
export const FORGET_INTENT = 'forget-conversations';

const Payload: z.ZodType<Erasure> = z.object({
  messages: z.array(ErasedMessage),
  sessions: z.array(Id),
  imports: z.array(Id),
});

/** Sessions removed together: their files of imports are rewritten once. */
const SESSIONS_AT_ONCE = 200;

function erased(item: MemoryItem): ErasedMessage {
  return { id: item.id, sessionId: item.sessionId ?? '', seq: item.position };
}

/** The title that stays when the message it was made from goes. */
async function titleWithout(
  gone: MemoryItem,
  sessionId: string,
  deps: ForgetDeps,
  ctx: Ctx,
): Promise<string> {
  const range = { sessionId, from: 0, to: gone.position + 20 };
  const first = (await deps.memory.at(ctx.ownerId, [range], ctx.signal)).find(
    ({ id, role }) => id !== gone.id && role !== 'assistant',
  );
  return titleFrom(first?.text ?? '');
}

/** The files in which imported sessions may stand: every newer export of an account repeats the older ones. */
async function importsOf(rows: readonly ChatSessionRow[], deps: ForgetDeps, ctx: Ctx): Promise<string[]> {
  if (rows.every(({ origin }) => origin === 'chat')) return [];
  return (await listImports(deps, ctx)).map(({ id }) => id);
}

interface Hidden {
  readonly erasure: Erasure;
  /** New titles of sessions whose title was made from a message that goes. */
  readonly titles: ReadonlyMap<string, string>;
}

/** Takes messages out of the counts of their session, its snapshot follows. */
async function hideMessages(tx: OwnerTx, { erasure, titles }: Hidden): Promise<void> {
  const bySession = Map.groupBy(erasure.messages, ({ sessionId }) => sessionId);
  for (const [id, messages] of bySession) {
    const row = await tx.table('chatSessions').get({ id });
    if (!row) continue;
    const messageCount = Math.max(0, row.messageCount - messages.length);
    const title = titles.get(id) ?? row.title;
    await tx.table('chatSessions').update({ id }, { messageCount, title, summary: null });
    await tx.enqueue(snapshotJob({ sessionId: id }, tx.now));
  }
}

/** Hides at once: tombstones and rows in one transaction, with the intent that carries the rest through. */
async function hide(tx: OwnerTx, intentId: string, hidden: Hidden): Promise<void> {
  const { messages, sessions } = hidden.erasure;
  const tombstone = { createdAt: tx.now, report: null };
  await tx
    .table('tombstones')
    .upsert([
      ...messages.map(({ id }) => ({ ...tombstone, kind: 'message' as const, sourceId: id })),
      ...sessions.map((id) => ({ ...tombstone, kind: 'session' as const, sourceId: id })),
    ]);
  await hideMessages(tx, hidden);
  if (sessions.length > 0) await tx.table('chatSessions').remove({ id: { in: sessions } });
  const payload = JSON.stringify(hidden.erasure);
  const intent = { id: intentId, kind: FORGET_INTENT, subjectId: intentId, payload, createdAt: tx.now };
  await tx.table('intents').insert(intent);
}

async function carryThrough(intentId: string, erasure: Erasure, deps: ForgetDeps, ctx: Ctx) {
  const removed = await eraseConversations(erasure, deps, ctx);
  const { messages, sessions } = erasure;
  const sourceIds = [...messages.map(({ id }) => id), ...sessions];
  await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    for (const sourceId of sourceIds) {
      await tx.table('tombstones').update({ sourceId, report: null }, { report: JSON.stringify(removed) });
      await tx.announce({ kind: 'source-forgotten', sourceId });
    }
    await tx.table('intents').remove({ id: intentId });
  });
  return removed;
}

async function forget(hidden: Hidden, deps: ForgetDeps, ctx: Ctx): Promise<ForgetReport['removed']> {
  const intentId = ctx.newId();
  await deps.ledger.forOwner(ctx.ownerId, (tx) => hide(tx, intentId, hidden));
  // Once begun it is carried through, even if who asked has gone.
  const removed = await carryThrough(intentId, hidden.erasure, deps, {
    ...ctx,
    signal: new AbortController().signal,
  });
  return { ...removed, sessions: hidden.erasure.sessions.length };
}

/** Carries through a deletion that was cut off, for the sweeper. */
export async function finishForgetIntent(
  intent: Pick<IntentRow, 'id' | 'payload'>,
  deps: ForgetDeps,
  ctx: Ctx,
): Promise<void> {
  await carryThrough(intent.id, Payload.parse(JSON.parse(intent.payload)), deps, ctx);
}

/**
 * Forgets one message: it is hidden at once, then its object, items, vectors, the answers that quote it and its place
 * in the file of an import go. Errors: `not-found`. Says what went, by kind of item, `objects` and `sessions`.
 */
export async function forgetMessage(
  input: { readonly id: string; readonly messageId: string },
  deps: ForgetDeps,
  ctx: Ctx,
): Promise<ForgetReport> {
  const row = await deps.ledger.forOwner(ctx.ownerId, (tx) => sessionRow(tx, input.id));
  const [item] = await deps.memory.get(ctx.ownerId, [input.messageId], ctx.signal);
  if (item?.kind !== 'message' || item.sessionId !== input.id)
    throw new AppError('not-found', `Expected a message of this conversation, got ${input.messageId}.`);
  const quoting = await messagesQuoting(new Set([item.id]), deps, ctx);
  const imports = await importsOf([row], deps, ctx);
  const titles = new Map<string, string>();
  if (row.title === titleFrom(item.text ?? ''))
    titles.set(row.id, await titleWithout(item, row.id, deps, ctx));
  const messages = [item, ...quoting].map(erased);
  const erasure: Erasure = { messages, sessions: [], imports };
  return { id: item.id, removed: await forget({ erasure, titles }, deps, ctx) };
}

/** Forgets whole conversations: everything said in them, and the answers elsewhere that quote them. */
async function forgetSessions(
  rows: readonly ChatSessionRow[],
  deps: ForgetDeps,
  ctx: Ctx,
): Promise<ForgetReport['removed']> {
  const ids = rows.map(({ id }) => id);
  const going = new Set(ids);
  const quoting = await messagesQuoting(going, deps, ctx);
  const messages = quoting.filter(({ sessionId = '' }) => !going.has(sessionId)).map(erased);
  const imports = await importsOf(rows, deps, ctx);
  return forget({ erasure: { messages, sessions: [...ids], imports }, titles: new Map() }, deps, ctx);
}

/** Forgets a conversation. Errors: `not-found`. See `forgetMessage` for what goes. */
export async function forgetSession(
  input: { readonly id: string },
  deps: ForgetDeps,
  ctx: Ctx,
): Promise<ForgetReport> {
  const row = await deps.ledger.forOwner(ctx.ownerId, (tx) => sessionRow(tx, input.id));
  return { id: input.id, removed: await forgetSessions([row], deps, ctx) };
}

/** Forgets every conversation of the owner; the report's id is the owner's. */
export async function forgetAllSessions(deps: ForgetDeps, ctx: Ctx): Promise<ForgetReport> {
  const removed: Record<string, number> = {};
  for (;;) {
    const rows = await deps.ledger.forOwner(ctx.ownerId, (tx) =>
      tx.table('chatSessions').list({ limit: SESSIONS_AT_ONCE, orderBy: [['id', 'asc']] }),
    );
    if (rows.length === 0) return { id: ctx.ownerId, removed };
    for (const [what, count] of Object.entries(await forgetSessions(rows, deps, ctx)))
      removed[what] = (removed[what] ?? 0) + count;
  }
}

/** Forgets answers that quote something which was forgotten; gives how many messages went. */
export async function forgetStaleAnswers(deps: ForgetDeps, ctx: Ctx): Promise<number> {
  const stale = await messagesQuotingForgotten(deps, ctx);
  if (stale.length === 0) return 0;
  const erasure: Erasure = { messages: stale.map(erased), sessions: [], imports: [] };
  await forget({ erasure, titles: new Map() }, deps, ctx);
  return stale.length;
}
