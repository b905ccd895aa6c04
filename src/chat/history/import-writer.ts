import type { Ctx } from '../../core/context.ts';
import { batches } from '../../core/bounded.ts';
import { messageItemsTask } from '../../memory/message-items-task.ts';
import type { StoredMessage } from '../../memory/transcripts.ts';
import { STATE_SLOT } from '../../memory/state-vector.ts';
import type { MemoryItem } from '../../ports/memory-store.ts';
import { type Beside, besideItems, stateFaults } from './beside-items.ts';
import type { ImportDeps } from './import-deps.ts';
import { importedSessionId, messageIds } from './import-ids.ts';
import type { ImportedSession, Rebuild } from './imported-session.ts';
import type { ImportedFile } from './imports.ts';
import type { ParsedMessage, ParsedRecord } from './parsed.ts';
import { loadSessions, saveSessions } from './session-rows.ts';
import type { Tally } from './tally.ts';

/** What is written, for whom, and who counts it. */
export interface ImportContext {
  readonly file: ImportedFile;
  readonly userId: string;
  readonly tally: Tally;
  readonly rebuild?: Rebuild | undefined;
}

interface Pending {
  readonly id: string;
  readonly session: ImportedSession;
  readonly message: ParsedMessage;
  /** Where its record stands in the file, for people. */
  readonly position: string;
}

/** Writes what an import holds, in batches. */
export interface ImportWriter {
  /** `position` says for people where the record stands in the file. */
  add(record: ParsedRecord, position: string): void;
  /** Messages, and items beside them, added since the last flush. */
  pending(): number;
  /** Makes all that was added recallable and counts it; durable when it resolves. */
  flush(): Promise<void>;
}

/** The file that keeps a message: the one it first came with, however many newer exports repeat it. */
type Keeper = Pick<ImportedFile, 'id' | 'importedAt'>;

function stored({ id, session, message }: Pending, seq: number, file: Keeper): StoredMessage {
  const { role, author, text, caption, time } = message;
  return {
    id,
    sessionId: session.id,
    seq,
    role,
    author,
    text,
    caption,
    time: time ?? session.lastTime ?? session.startedAt ?? file.importedAt,
    citations: [],
    createdAt: file.importedAt,
    importId: file.id,
  };
}

interface Known {
  /** Messages that memory holds. */
  readonly items: ReadonlyMap<string, MemoryItem>;
  readonly forgotten: ReadonlySet<string>;
}

/** Counts a message that memory holds already; when memory is rebuilt it is made again at its place. */
function again(pending: Pending, item: MemoryItem, { file, tally, rebuild }: ImportContext) {
  const { session, message } = pending;
  session.nextSeq = Math.max(session.nextSeq, item.position + 1);
  session.lastTime = message.time ?? session.lastTime;
  tally.known();
  const keeper = { id: item.derivedFrom[0] ?? file.id, importedAt: item.createdAt };
  return rebuild && stored(pending, item.position, keeper);
}

/** Gives places to new messages, after all others of their session; counts every message. */
function placeNew(queue: readonly Pending[], known: Known, context: ImportContext): StoredMessage[] {
  const { file, tally } = context;
  const placed = new Map<string, StoredMessage>();
  for (const pending of queue) {
    const { id, session } = pending;
    const item = known.items.get(id);
    if (session.state === 'forgotten' || known.forgotten.has(id)) tally.deleted(pending.position);
    else if (placed.has(id)) tally.known();
    else {
      const made = item ? again(pending, item, context) : stored(pending, session.nextSeq++, file);
      if (made) placed.set(id, made);
      if (item) continue;
      session.lastTime = made?.time;
      tally.imported();
    }
  }
  return [...placed.values()];
}

/** An item that is no message, of a session that it may be alone in. */
interface PendingBeside extends Beside {
  readonly session: ImportedSession;
}

/** Writes what stands beside messages, but for what was deleted here. */
async function writeBeside(
  queue: readonly PendingBeside[],
  { forgotten, tally }: { readonly forgotten: ReadonlySet<string>; readonly tally: Tally },
  deps: ImportDeps,
  ctx: Ctx,
): Promise<void> {
  const kept = queue.filter(({ session, item }) => {
    const gone = session.state === 'forgotten' || item.sources.some((id) => forgotten.has(id));
    if (gone) tally.deletedMeanwhile();
    else tally.beside(item.kind);
    return !gone;
  });
  for (const run of batches(kept, deps.memory.limits.batchItems)) {
    const items = run.map(({ item }) => item);
    const vectors = run.flatMap(({ item: { id }, vector }) => (vector === undefined ? [] : { id, vector }));
    await deps.memory.upsert(ctx.ownerId, items, ctx.signal);
    if (vectors.length > 0) await deps.memory.putVectors(ctx.ownerId, STATE_SLOT, vectors, ctx.signal);
  }
}

interface Queue {
  readonly messages: readonly Pending[];
  readonly beside: readonly PendingBeside[];
}

async function write(
  { messages: queue, beside }: Queue,
  context: ImportContext,
  deps: ImportDeps,
  ctx: Ctx,
): Promise<void> {
  const sessions = [...new Set(queue.map(({ session }) => session))];
  const besides = [...new Set(beside.map(({ session }) => session))];
  const load = {
    sessions: [...new Set([...sessions, ...besides])],
    messageIds: [...queue.map(({ id }) => id), ...beside.flatMap(({ item }) => item.derivedFrom)],
    rebuild: context.rebuild,
  };
  const forgotten = await loadSessions(load, deps, ctx);
  const known = new Map<string, MemoryItem>();
  const mayExist = queue.filter(({ session }) => session.state === 'known').map(({ id }) => id);
  for (const run of batches(mayExist, deps.memory.limits.batchItems))
    for (const item of await deps.memory.get(ctx.ownerId, run, ctx.signal)) known.set(item.id, item);
  const messages = placeNew(queue, { items: known, forgotten }, context);
  const items = await deps.compute.run(messageItemsTask, { ownerId: ctx.ownerId, messages }, ctx.signal);
  for (const run of batches(items, deps.memory.limits.batchItems))
    await deps.memory.upsert(ctx.ownerId, run, ctx.signal);
  await writeBeside(beside, { forgotten, tally: context.tally }, deps, ctx);
  const gone = await saveSessions({ ...context, sessions, beside: besides, messages }, deps, ctx);
  if (gone > 0) context.tally.deletedMeanwhile();
}

/**
 * A writer of one import. New messages are appended to their session in the order of the file; known ones, and those
 * that were deleted here, are passed over. Items come first, then the sessions' rows in one transaction a batch, so an
 * import that was cut off is taken up again without loss or double.
 */
export function importWriter(context: ImportContext, deps: ImportDeps, ctx: Ctx): ImportWriter {
  const { tally } = context;
  const idOf = messageIds(ctx.ownerId);
  const sessions = new Map<string, ImportedSession>();
  let queue: Pending[] = [];
  let beside: PendingBeside[] = [];

  const sessionOf = ({ format, externalId, title, startedAt }: ParsedRecord): ImportedSession => {
    const id = importedSessionId(ctx.ownerId, format, externalId);
    const session = sessions.get(id) ?? { id, externalId, title, startedAt, state: 'unknown', nextSeq: 0 };
    sessions.set(id, session);
    return session;
  };

  return {
    pending: () => queue.length + beside.length,
    add(record, position) {
      tally.format(record.format);
      for (const skipped of [...record.skipped, ...stateFaults(record)]) tally.skip(skipped, position);
      if (record.messages.length === 0 && record.state === undefined) return;
      const session = sessionOf(record);
      const origin = { ownerId: ctx.ownerId, sessionId: session.id, file: context.file };
      for (const one of besideItems(record, origin)) beside.push({ ...one, session });
      if (record.messages.length === 0) return;
      tally.session(session.id);
      for (const message of record.messages) {
        if (message.unreadTime !== undefined) tally.unreadTime(message.unreadTime, position);
        queue.push({ id: idOf(session.id, message), session, message, position });
      }
    },
    async flush() {
      if (queue.length + beside.length === 0) return;
      ctx.signal.throwIfAborted();
      await write({ messages: queue, beside }, context, deps, ctx);
      queue = [];
      beside = [];
    },
  };
}
