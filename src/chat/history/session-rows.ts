import type { Ctx } from '../../core/context.ts';
import { batches } from '../../core/bounded.ts';
import { objectKeys } from '../../core/object-keys.ts';
import type { StoredMessage } from '../../memory/transcripts.ts';
import type { OwnerTx } from '../../ports/ledger.ts';
import type { ChatSessionRow } from '../../ports/ledger-rows.ts';
import type { ChatStores } from '../chat-deps.ts';
import { titleFrom } from '../session-title.ts';
import type { ImportedSession, Rebuild, WrittenBatch } from './imported-session.ts';
import { noteRepeated } from './imports.ts';

/** Ids that fit into one condition of a query. */
const IDS_AT_ONCE = 500;

/** Which of these sessions and messages were deleted here. */
async function forgottenAmong(tx: OwnerTx, ids: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const run of batches(ids, IDS_AT_ONCE)) {
    const rows = await tx.table('tombstones').list({ where: { sourceId: { in: run } } });
    for (const { sourceId } of rows) found.add(sourceId);
  }
  return found;
}

interface Load {
  readonly sessions: readonly ImportedSession[];
  readonly messageIds: readonly string[];
  readonly rebuild?: Rebuild | undefined;
}

/** Learns what the ledger knows of sessions met for the first time; gives the messages that were deleted here. */
export function loadSessions(load: Load, deps: Pick<ChatStores, 'ledger'>, ctx: Ctx): Promise<Set<string>> {
  const unknown = load.sessions.filter(({ state }) => state === 'unknown');
  return deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const gone = await forgottenAmong(tx, [...unknown.map(({ id }) => id), ...load.messageIds]);
    for (const run of batches(unknown, IDS_AT_ONCE)) {
      const where = { id: { in: run.map(({ id }) => id) } };
      const rows = new Map((await tx.table('chatSessions').list({ where })).map((row) => [row.id, row]));
      for (const session of run) {
        const row = rows.get(session.id);
        session.state = gone.has(session.id) ? 'forgotten' : row ? 'known' : 'new';
        session.beganIn = row?.origin;
        session.nextSeq = load.rebuild?.firstSeq(session.id) ?? row?.nextSeq ?? 0;
      }
    }
    return gone;
  });
}

function newRow(session: ImportedSession, messages: readonly StoredMessage[], batch: WrittenBatch) {
  const [first] = messages;
  const opening = messages.find(({ role }) => role === 'user') ?? first;
  const row: Omit<ChatSessionRow, 'ownerId'> = {
    id: session.id,
    userId: batch.userId,
    title: titleFrom(session.title ?? opening?.text ?? ''),
    summary: null,
    sessionS3Path: objectKeys.session(session.id),
    createdAt: session.startedAt ?? first?.time ?? batch.file.importedAt,
    updatedAt: messages.reduce((latest, { time }) => Math.max(latest, time), 0),
    processedForTraining: 0,
    messageCount: messages.length,
    nextSeq: session.nextSeq,
    origin: batch.file.id,
    externalId: session.externalId,
    titledBy: session.title === undefined ? 'rule' : 'person',
    leafId: null,
    summaryUpto: null,
    summarySeq: null,
  };
  return row;
}

/** What memory now holds of sessions that had a row before; after a crash the row alone may have missed some. */
async function countMessages(sessions: readonly ImportedSession[], deps: ChatStores, ctx: Ctx) {
  const counts = new Map<string, number>();
  for (const { id } of sessions.filter(({ state }) => state === 'known')) {
    const filter = { sessionIds: [id], kinds: ['message'] as const };
    counts.set(id, await deps.memory.count(ctx.ownerId, filter, ctx.signal));
  }
  return counts;
}

async function saveRows(
  tx: OwnerTx,
  batch: WrittenBatch,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const table = tx.table('chatSessions');
  const bySession = Map.groupBy(batch.messages, ({ sessionId }) => sessionId);
  const rows: Omit<ChatSessionRow, 'ownerId'>[] = [];
  for (const session of batch.sessions) {
    const messages = bySession.get(session.id) ?? [];
    if (session.state === 'new' && messages.length > 0) rows.push(newRow(session, messages, batch));
    const messageCount = counts.get(session.id);
    const row = messageCount === undefined ? undefined : await table.get({ id: session.id });
    if (!row || messageCount === undefined) continue;
    const updatedAt = messages.reduce((latest, { time }) => Math.max(latest, time), row.updatedAt);
    const nextSeq = Math.max(row.nextSeq, session.nextSeq);
    const leafId = row.leafId === null ? null : (messages.at(-1)?.id ?? row.leafId);
    await table.update({ id: row.id }, { messageCount, updatedAt, nextSeq, leafId });
  }
  if (rows.length > 0) await table.insert(rows);
  const repeated = [...new Set([...batch.sessions, ...batch.beside])].filter(
    ({ state, beganIn = batch.file.id }) => state === 'known' && beganIn !== batch.file.id,
  );
  const ids = repeated.map(({ id }) => id);
  await noteRepeated(tx, batch.file, ids);
}

/**
 * Brings the sessions' rows up to date with what was just made recallable. What was deleted while it was written is
 * taken out again; gives how many messages and sessions that were.
 */
export async function saveSessions(batch: WrittenBatch, deps: ChatStores, ctx: Ctx): Promise<number> {
  const counts = await countMessages(batch.sessions, deps, ctx);
  const gone = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const ids = [...batch.sessions, ...batch.beside, ...batch.messages].map(({ id }) => id);
    const forgotten = await forgottenAmong(tx, [...new Set(ids)]);
    for (const session of [...batch.sessions, ...batch.beside])
      if (forgotten.has(session.id)) session.state = 'forgotten';
    await saveRows(tx, batch, counts);
    return forgotten;
  });
  const written = new Set(batch.messages.map(({ sessionId }) => sessionId));
  for (const session of batch.sessions)
    if (session.state === 'new' && written.has(session.id)) session.state = 'known';
  for (const run of batches([...gone], deps.memory.limits.batchItems))
    await deps.memory.remove(ctx.ownerId, { sources: run }, ctx.signal);
  return gone.size;
}
