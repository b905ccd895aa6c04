import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { batches } from '../core/bounded.ts';
import { objectKeys } from '../core/object-keys.ts';
import { removeSnapshot } from '../memory/transcripts.ts';
import type { ItemFilter } from '../ports/memory-store.ts';
import { Id } from '../wire/common.ts';
import type { ImportDeps } from './history/import-deps.ts';
import { redactImport } from './history/redact-import.ts';

/** What forgetting needs beside the stores: the files of imports may be zips. */
export type ForgetDeps = Pick<ImportDeps, 'ledger' | 'objects' | 'memory' | 'archives'>;

/** A message that goes, with what its object's key is made of. */
export const ErasedMessage = z.object({ id: Id, sessionId: Id, seq: z.number().int() });
export type ErasedMessage = z.infer<typeof ErasedMessage>;

/** All that must go, by id; hidden already. */
export interface Erasure {
  readonly messages: readonly ErasedMessage[];
  readonly sessions: readonly string[];
  /** Imports in whose files the messages or sessions stand. */
  readonly imports: readonly string[];
}

type Counts = Record<string, number>;

function add(counts: Counts, more: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + count;
}

async function removeItems(
  filter: 'sources' | 'sessionIds',
  ids: readonly string[],
  deps: ForgetDeps,
  ctx: Ctx,
) {
  const counts: Counts = {};
  for (const run of batches(ids, deps.memory.limits.batchItems)) {
    const condition: ItemFilter = { [filter]: run };
    add(counts, await deps.memory.remove(ctx.ownerId, condition, ctx.signal));
  }
  return counts;
}

async function removeMessageObject({ id, sessionId, seq }: ErasedMessage, deps: ForgetDeps, ctx: Ctx) {
  const key = objectKeys.message(sessionId, seq, id);
  const there = await deps.objects.info(ctx.ownerId, key);
  await deps.objects.remove(ctx.ownerId, key);
  return there ? 1 : 0;
}

/**
 * Removes everything that came from hidden messages and sessions: items with words and vectors, objects, snapshots, and
 * their places in the files of imports. Can run twice. Gives counts by kind of item, and `objects`.
 */
export async function eraseConversations(erasure: Erasure, deps: ForgetDeps, ctx: Ctx): Promise<Counts> {
  const { messages, sessions, imports } = erasure;
  const counts: Counts = { objects: 0 };
  const messageIds = messages.map(({ id }) => id);
  add(counts, await removeItems('sources', [...messageIds, ...sessions], deps, ctx));
  add(counts, await removeItems('sessionIds', sessions, deps, ctx));
  for (const message of messages) add(counts, { objects: await removeMessageObject(message, deps, ctx) });
  for (const id of new Set(messages.map(({ sessionId }) => sessionId)))
    await removeSnapshot(deps.objects, ctx.ownerId, id, ctx.signal);
  for (const id of sessions)
    add(counts, { objects: await deps.objects.removeAll(ctx.ownerId, objectKeys.session(id), ctx.signal) });
  for (const id of imports) await redactImport(id, deps, ctx);
  return counts;
}
