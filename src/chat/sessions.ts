import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { Reads } from '../ports/ledger.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { NewSession, SessionPatch, SessionView } from '../wire/sessions.ts';
import type { ChatStores } from './chat-deps.ts';
import type { LiveAnswers } from './live-answers.ts';
import { sessionView } from './views.ts';

type LedgerOnly = Pick<ChatStores, 'ledger'>;

/** A session's row, or `not-found`. */
export async function sessionRow(reads: Reads, id: string): Promise<ChatSessionRow> {
  const row = await reads.table('chatSessions').get({ id });
  if (!row) throw new AppError('not-found', `Expected the id of a conversation, got ${id}, which is none.`);
  return row;
}

/** Begins a conversation. Without a title it gets one from the first thing the user says. */
export async function createSession(
  input: NewSession & {
    readonly userId: string;
    /** The message of another conversation it goes on after. */
    readonly leafId?: string;
  },
  deps: LedgerOnly,
  ctx: Ctx,
): Promise<SessionView> {
  const id = ctx.newId();
  const now = ctx.now();
  const row: Omit<ChatSessionRow, 'ownerId'> = {
    id,
    userId: input.userId,
    title: input.title ?? '',
    summary: null,
    sessionS3Path: objectKeys.session(id),
    createdAt: now,
    updatedAt: now,
    processedForTraining: 0,
    messageCount: 0,
    nextSeq: 0,
    origin: 'chat',
    externalId: null,
    titledBy: input.title === undefined ? 'rule' : 'person',
    leafId: input.leafId ?? null,
    summaryUpto: null,
    summarySeq: null,
  };
  await deps.ledger.forOwner(ctx.ownerId, (tx) => tx.table('chatSessions').insert(row));
  return sessionView({ ...row, ownerId: ctx.ownerId });
}

/** One conversation, with the answer that is on its way in it; `not-found` when there is none. */
export async function getSession(
  input: { readonly id: string },
  deps: LedgerOnly & { readonly live: Pick<LiveAnswers, 'runningOf'> },
  ctx: Ctx,
): Promise<SessionView> {
  const row = await sessionRow(deps.ledger.readsOf(ctx.ownerId), input.id);
  const answering = deps.live.runningOf({ ownerId: ctx.ownerId, root: row.id });
  return { ...sessionView(row), ...(answering === undefined ? {} : { answering }) };
}

/** Gives a conversation a title of the user's own, which nothing replaces by itself any more. */
export async function renameSession(
  input: SessionPatch & { readonly id: string },
  deps: LedgerOnly,
  ctx: Ctx,
): Promise<SessionView> {
  return deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const row = await sessionRow(tx, input.id);
    await tx.table('chatSessions').update({ id: row.id }, { title: input.title, titledBy: 'person' });
    return sessionView({ ...row, title: input.title });
  });
}

/** Titles by session id, for those that exist; any number of ids. */
export async function sessionTitles(
  sessionIds: readonly string[],
  deps: LedgerOnly,
  ctx: Ctx,
): Promise<Map<string, string>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('chatSessions')
    .list({ where: { id: { in: [...new Set(sessionIds)] } } });
  return new Map(rows.map(({ id, title }) => [id, title]));
}
