import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { batches } from '../core/bounded.ts';
import { AppError } from '../core/errors.ts';
import { objectKeys } from '../core/object-keys.ts';
import { messageItems, quotedFrom } from '../memory/message-items.ts';
import type { StoredMessage } from '../memory/transcripts.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { ChatSessionRow, IntentRow } from '../ports/ledger-rows.ts';
import { Id } from '../wire/common.ts';
import type { ChatStores } from './chat-deps.ts';
import { forgetAnswers } from './forget-answers-job.ts';
import { isForgotten } from './is-forgotten.ts';
import { describeSessionJob } from './describe-session.ts';
import { titleFrom } from './session-title.ts';
import { snapshotJob } from './snapshot-sessions.ts';

/** Kind of the intent rows that stand for messages being written. */
export const MESSAGE_INTENT = 'chat-message';

/** What the intent of a message remembers: enough to find its object. */
export interface MessageIntent {
  readonly sessionId: string;
  readonly seq: number;
  /** See `IncomingMessage`. */
  readonly insteadOf?: string | undefined;
}

/** An intent's payload as it was stored. */
export const MessageIntent: z.ZodType<MessageIntent> = z.object({
  sessionId: Id,
  seq: z.number().int().nonnegative(),
  insteadOf: Id.optional(),
});

/** Makes a message's items recallable, words first; vectors follow by job. */
async function rememberMessage(message: StoredMessage, deps: Pick<ChatStores, 'memory'>, ctx: Ctx) {
  for (const run of batches(messageItems(message, ctx.ownerId), deps.memory.limits.batchItems))
    await deps.memory.upsert(ctx.ownerId, run, ctx.signal);
}

/** True when something that an answer quotes was forgotten, perhaps between recall and now. */
async function quotesForgotten(tx: OwnerTx, { citations }: StoredMessage): Promise<boolean> {
  if (citations.length === 0) return false;
  const sourceId = { in: [...new Set(citations.flatMap(quotedFrom))] };
  return (await tx.table('tombstones').count({ sourceId })) > 0;
}

/** Where the path that is shown ends once the message is there: with it, when it goes on where the path ended. */
function leafAfter({ id, parentId }: StoredMessage, { leafId }: ChatSessionRow, { payload }: IntentRow) {
  if (leafId === null) return null;
  const { insteadOf } = MessageIntent.parse(JSON.parse(payload));
  return leafId === parentId || leafId === insteadOf ? id : leafId;
}

async function settle(tx: OwnerTx, message: StoredMessage): Promise<'kept' | 'gone'> {
  const intents = tx.table('intents');
  const which = { id: message.id, kind: MESSAGE_INTENT };
  const sessions = tx.table('chatSessions');
  const [intent, session, forgotten] = await Promise.all([
    intents.get(which),
    sessions.get({ id: message.sessionId }),
    isForgotten(tx, message),
    intents.remove(which),
  ]);
  if (!session || forgotten) return 'gone';
  if (!intent) return 'kept';
  const named = session.title !== '' || message.role !== 'user';
  const { id: sessionId } = session;
  const [quotes] = await Promise.all([
    quotesForgotten(tx, message),
    sessions.update(
      { id: sessionId },
      {
        messageCount: session.messageCount + 1,
        updatedAt: Math.max(session.updatedAt, message.time),
        leafId: leafAfter(message, session, intent),
        ...(named ? {} : { title: titleFrom(message.text), titledBy: 'rule' as const }),
      },
    ),
    tx.announce({ kind: 'turn-finished', sessionId, messageIds: [message.id], role: message.role }),
    tx.enqueue(snapshotJob({ sessionId }, tx.now)),
    tx.enqueue(describeSessionJob(sessionId, tx.now)),
  ]);
  if (quotes) await tx.enqueue(forgetAnswers);
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
