import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { batches } from '../core/bounded.ts';
import { objectKeys } from '../core/object-keys.ts';
import { removeSnapshot } from '../memory/transcripts.ts';
import type { ItemFilter } from '../ports/memory-store.ts';
import { Id } from '../wire/common.ts';
import type { ChatStores } from './chat-deps.ts';
import { removeRollingSummaries } from './rolling-summary.ts';
import { removeTraces } from './trace.ts';

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

/** How many went, by kind of item, and `objects`. */
export type Counts = Record<string, number>;

function add(counts: Counts, more: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + count;
}

async function removeItems(
  filter: 'sources' | 'sessionIds',
  ids: readonly string[],
  deps: ChatStores,
  ctx: Ctx,
) {
  const counts: Counts = {};
  for (const run of batches(ids, deps.memory.limits.batchItems)) {
    const condition: ItemFilter = { [filter]: run };
    add(counts, await deps.memory.remove(ctx.ownerId, condition, ctx.signal));
  }
  return counts;
}

async function removeMessageObject({ id, sessionId, seq }: ErasedMessage, deps: ChatStores, ctx: Ctx) {
  const key = objectKeys.message(sessionId, seq, id);
  const there = await deps.objects.info(ctx.ownerId, key);
  await deps.objects.remove(ctx.ownerId, key);
  return there ? 1 : 0;
}

/**
 * Removes everything that came from hidden messages and sessions: items with words and vectors, objects, snapshots; the
 * files of imports are left. Can run twice.
 */
export async function eraseConversations(erasure: Erasure, deps: ChatStores, ctx: Ctx): Promise<Counts> {
  const { messages, sessions } = erasure;
  const counts: Counts = { objects: 0 };
  const messageIds = messages.map(({ id }) => id);
  add(counts, await removeItems('sources', [...messageIds, ...sessions], deps, ctx));
  add(counts, await removeItems('sessionIds', sessions, deps, ctx));
  for (const message of messages) add(counts, { objects: await removeMessageObject(message, deps, ctx) });
  for (const id of new Set(messages.map(({ sessionId }) => sessionId))) {
    await removeSnapshot(deps.objects, ctx.ownerId, id, ctx.signal);
    await removeRollingSummaries(id, deps, ctx);
    add(counts, { objects: await removeTraces(id, deps, ctx) });
  }
  for (const id of sessions)
    add(counts, { objects: await deps.objects.removeAll(ctx.ownerId, objectKeys.session(id), ctx.signal) });
  return counts;
}
