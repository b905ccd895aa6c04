import type { Ctx } from '../../core/context.ts';
import type { AddedMemories, NewMemories } from '../../wire/memories.ts';
import type { ChatStores } from '../chat-deps.ts';
import { receiveMessage } from '../receive-message.ts';
import { NOTE_TAG, NOTES, noteSession } from './note-session.ts';

/**
 * Remembers messages that nobody has to answer, in their order, each kept for good before the next. Errors: see
 * `noteSession`.
 */
export async function addMemories(
  input: NewMemories & { readonly userId: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<AddedMemories> {
  const { memories, session: name = NOTES, userId } = input;
  const sessionId = await noteSession({ name, userId }, deps, ctx);
  const tags = [...new Set([NOTE_TAG, ...input.tags])];
  const ids: string[] = [];
  for (const memory of memories)
    ids.push((await receiveMessage({ ...memory, sessionId, tags }, deps, ctx)).id);
  return { sessionId, ids };
}
