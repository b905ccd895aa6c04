import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { Id, TimeMs } from '../wire/common.ts';

/** What was said in a session up to a message, in few words, for prompts; kept as it was paid for. */
const RollingSummary = z.object({
  sessionId: Id,
  /** The last message it tells of; with it all on the way to it. */
  upto: Id,
  text: z.string(),
  promptVersion: z.string(),
  createdAt: TimeMs,
});
export type RollingSummary = z.infer<typeof RollingSummary>;

interface Objects {
  readonly objects: ObjectStore;
}

export async function writeRollingSummary(summary: RollingSummary, { objects }: Objects, ctx: Ctx) {
  const key = objectKeys.sessionSummary(summary.sessionId, summary.upto);
  await objects.put(ctx.ownerId, key, JSON.stringify(summary), { durable: true });
}

/** Text of the summary that ends with a message; `undefined` when there is none that can be read. */
export async function readRollingSummary(
  { id, sessionId = '' }: { readonly id: string; readonly sessionId?: string },
  { objects }: Objects,
  ctx: Ctx,
): Promise<string | undefined> {
  const bytes = await objects.get(ctx.ownerId, objectKeys.sessionSummary(sessionId, id), ctx.signal);
  if (bytes === undefined) return undefined;
  try {
    return RollingSummary.parse(JSON.parse(new TextDecoder().decode(bytes))).text;
  } catch (cause) {
    // An answer without the summary is better than none.
    ctx.log.warn('summary-unreadable', { sessionId, cause });
    return undefined;
  }
}

/** Removes all summaries of a session, for when something they may tell of was forgotten. */
export async function removeRollingSummaries(sessionId: string, { objects }: Objects, ctx: Ctx) {
  return objects.removeAll(ctx.ownerId, objectKeys.sessionSummaries(sessionId), ctx.signal);
}
