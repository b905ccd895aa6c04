import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { batches } from '../core/bounded.ts';
import { messageItemsTask } from '../memory/message-items-task.ts';
import { readMessages, type StoredMessage } from '../memory/transcripts.ts';
import type { JobDefinition, JobRun } from '../ports/job-queue.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { ImportDeps } from './history/import-deps.ts';
import { importFile } from './history/import-history.ts';
import type { Rebuild } from './history/imported-session.ts';
import { listImports, type ImportedFile } from './history/imports.ts';

export interface RebuildReport {
  readonly sessions: number;
  /** Messages with an object of their own. */
  readonly messages: number;
  /** Messages from the files of imports. */
  readonly imported: number;
}

const BATCH = 500;

async function remember(messages: readonly StoredMessage[], deps: ImportDeps, ctx: Ctx): Promise<void> {
  const items = await deps.compute.run(messageItemsTask, { ownerId: ctx.ownerId, messages }, ctx.signal);
  for (const run of batches(items, deps.memory.limits.batchItems))
    await deps.memory.upsert(ctx.ownerId, run, ctx.signal);
}

/** When each message of a session was received, and its place. */
type Received = Pick<StoredMessage, 'createdAt' | 'seq'>;

async function rebuildSession({ id }: ChatSessionRow, deps: ImportDeps, ctx: Ctx): Promise<Received[]> {
  const received: Received[] = [];
  let batch: StoredMessage[] = [];
  for await (const message of readMessages(deps.objects, ctx.ownerId, id, ctx.signal)) {
    received.push({ createdAt: message.createdAt, seq: message.seq });
    batch.push(message);
    if (batch.length < BATCH) continue;
    await remember(batch, deps, ctx);
    batch = [];
  }
  await remember(batch, deps, ctx);
  return received;
}

interface Places {
  readonly received: ReadonlyMap<string, readonly Received[]>;
  /** Messages of each session that came from files so far. */
  readonly imported: Map<string, number>;
}

/** Places go on where a session stood when the file came: after what was received and imported before it. */
function placesAt(file: ImportedFile, { received, imported }: Places): Rebuild {
  return {
    firstSeq(sessionId) {
      const before = (received.get(sessionId) ?? []).filter(({ createdAt }) => createdAt < file.importedAt);
      const count = (imported.get(sessionId) ?? 0) + before.length;
      return before.reduce((next, { seq }) => Math.max(next, seq + 1), count);
    },
  };
}

async function countImported(sessionIds: readonly string[], places: Places, deps: ImportDeps, ctx: Ctx) {
  for (const id of sessionIds) {
    const filter = { sessionIds: [id], kinds: ['message'] as const };
    const all = await deps.memory.count(ctx.ownerId, filter, ctx.signal);
    places.imported.set(id, all - (places.received.get(id)?.length ?? 0));
  }
}

/**
 * Makes the items of all conversations anew: from the objects of messages, and from the files of imports in the order
 * they came. What was deleted stays deleted. For a memory that is empty or of an older analyser; can run twice.
 */
async function rebuildChats(
  input: { readonly userId: string; readonly progress: JobRun['progress'] },
  deps: ImportDeps,
  ctx: Ctx,
): Promise<RebuildReport> {
  const rows = await deps.ledger.readsOf(ctx.ownerId).table('chatSessions').list();
  const received = new Map<string, readonly Received[]>();
  let messages = 0;
  for (const [index, row] of rows.entries()) {
    ctx.signal.throwIfAborted();
    const found = await rebuildSession(row, deps, ctx);
    if (found.length > 0) received.set(row.id, found);
    messages += found.length;
    input.progress(index + 1, rows.length, 'conversations');
  }
  const places: Places = { received, imported: new Map() };
  let imported = 0;
  for (const file of await listImports(deps, ctx)) {
    const run = { ...input, file, rebuild: placesAt(file, places) };
    const tally = await importFile(run, deps, ctx);
    imported += tally.messages();
    await countImported(tally.sessionIds(), places, deps, ctx);
  }
  return { sessions: rows.length, messages, imported };
}

const Payload = z.strictObject({ userId: z.string() });

/** Job that makes the items of all conversations anew; see `rebuildChats`. */
export function rebuildChatsJob(deps: ImportDeps): JobDefinition<z.infer<typeof Payload>> {
  return {
    kind: 'rebuild-chats',
    queue: 'ingestion',
    payload: Payload,
    timeLimitMs: 24 * 60 * 60_000,
    // Beside an import, or another rebuild, both would give the same places.
    run: ({ userId }, job, ctx) =>
      deps.importTurns(
        ctx.ownerId,
        () => rebuildChats({ userId, progress: job.progress.bind(job) }, deps, ctx),
        ctx.signal,
      ),
  };
}
