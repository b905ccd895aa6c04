import type { Ctx } from '../core/context.ts';
import { batches } from '../core/bounded.ts';
import { AppError } from '../core/errors.ts';
import { objectKeys } from '../core/object-keys.ts';
import { messageItems, quotedFrom } from '../memory/message-items.ts';
import type { StoredMessage } from '../memory/transcripts.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { ChatStores } from './chat-deps.ts';
import { forgetAnswers } from './forget-answers-job.ts';
import { titleFrom } from './session-title.ts';
import { snapshotJob } from './snapshot-sessions.ts';

/** Kind of the intent rows that stand for messages being written. */
export const MESSAGE_INTENT = 'chat-message';

/** What the intent of a message remembers: enough to find its object. */
export interface MessageIntent {
  readonly sessionId: string;
  readonly seq: number;
}

/** Makes a message's items recallable, words first; vectors follow by job. */
async function rememberMessage(message: StoredMessage, deps: Pick<ChatStores, 'memory'>, ctx: Ctx) {
  for (const run of batches(messageItems(message, ctx.ownerId), deps.memory.limits.batchItems))
    await deps.memory.upsert(ctx.ownerId, run, ctx.signal);
}

/** True when the message, or the session it belongs to, was forgotten. */
export async function isForgotten(tx: OwnerTx, message: { readonly id: string; readonly sessionId: string }) {
  const sourceId = { in: [message.id, message.sessionId] };
  return (await tx.table('tombstones').count({ sourceId })) > 0;
}

/** True when something that an answer quotes was forgotten, perhaps between recall and now. */
async function quotesForgotten(tx: OwnerTx, { citations }: StoredMessage): Promise<boolean> {
  if (citations.length === 0) return false;
  const sourceId = { in: [...new Set(citations.flatMap(quotedFrom))] };
  return (await tx.table('tombstones').count({ sourceId })) > 0;
}

async function settle(tx: OwnerTx, message: StoredMessage): Promise<'kept' | 'gone'> {
  const begun = await tx.table('intents').remove({ id: message.id, kind: MESSAGE_INTENT });
  const sessions = tx.table('chatSessions');
  const session = await sessions.get({ id: message.sessionId });
  if (!session || (await isForgotten(tx, message))) return 'gone';
  if (begun === 0) return 'kept';
  const named = session.title !== '' || message.role !== 'user';
  await sessions.update(
    { id: session.id },
    {
      messageCount: session.messageCount + 1,
      updatedAt: Math.max(session.updatedAt, message.time),
      ...(named ? {} : { title: titleFrom(message.text) }),
    },
  );
  await tx.announce({ kind: 'turn-finished', sessionId: session.id, messageIds: [message.id] });
  await tx.enqueue(snapshotJob({ sessionId: session.id }, tx.now));
  if (await quotesForgotten(tx, message)) await tx.enqueue(forgetAnswers);
  return 'kept';
}

/**
 * The last step of a message whose object is there: items, then one transaction that counts it, names the session
 * and removes the intent. Doing it twice counts once. `gone` when the session was deleted meanwhile: then nothing of
 * the message stays.
 */
export async function finishMessage(
  message: StoredMessage,
  deps: ChatStores,
  ctx: Ctx,
): Promise<'kept' | 'gone'> {
  await rememberMessage(message, deps, ctx);
  const outcome = await deps.ledger.forOwner(ctx.ownerId, (tx) => settle(tx, message));
  if (outcome === 'gone') {
    await deps.memory.remove(ctx.ownerId, { sources: [message.id] }, ctx.signal);
    await deps.objects.remove(ctx.ownerId, objectKeys.message(message.sessionId, message.seq, message.id));
  }
  return outcome;
}

/** The error of a message that came for a conversation which is being, or was, deleted. */
export function sessionGone(sessionId: string): AppError {
  return new AppError('not-found', `Expected the id of a conversation, got ${sessionId}, which was deleted.`);
}
