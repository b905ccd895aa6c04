import type { Ctx } from '../core/context.ts';
import { objectKeys } from '../core/object-keys.ts';
import { readMessage } from '../memory/transcripts.ts';
import type { IntentRow } from '../ports/ledger-rows.ts';
import type { ChatStores } from './chat-deps.ts';
import { finishMessage, MessageIntent } from './message-write.ts';

/**
 * Ends a message that was being written when the process stopped, for the sweeper. Its object is there: items and
 * counts follow, the message is kept (`gone` when its session was deleted meanwhile). It is `absent`: nothing is kept, the intent goes.
 */
export async function finishMessageIntent(
  intent: Pick<IntentRow, 'id' | 'kind' | 'payload'>,
  deps: ChatStores,
  ctx: Ctx,
): Promise<'kept' | 'gone' | 'absent'> {
  const { sessionId, seq } = MessageIntent.parse(JSON.parse(intent.payload));
  const key = objectKeys.message(sessionId, seq, intent.id);
  const message = await readMessage(deps.objects, ctx.ownerId, key, ctx.signal);
  if (message) return finishMessage(message, deps, ctx);
  await deps.ledger.forOwner(ctx.ownerId, (tx) =>
    tx.table('intents').remove({ id: intent.id, kind: intent.kind }),
  );
  return 'absent';
}
