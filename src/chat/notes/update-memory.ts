import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { sha256 } from '../../core/ids.ts';
import { QUOTING_TAG } from '../../memory/message-items.ts';
import type { UpdatedMemory } from '../../wire/memories.ts';
import type { ChatStores } from '../chat-deps.ts';
import { forgetMessage } from '../forget-conversations.ts';
import { receiveMessage } from '../receive-message.ts';
import { NOTE_TAG, NOTES, noteSession } from './note-session.ts';
import { saidItem } from './said-item.ts';

/**
 * Puts a new text in place of a message: the new one is kept first, with the time and tags of the old one, then the old
 * one is forgotten by lineage; done again after it broke off, nothing is doubled. A note stays in its conversation; what
 * was said in a chat is corrected by a note, since a conversation is not rewritten. Errors: see `saidItem`;
 * `invalid-input` for words of somebody else.
 */
export async function updateMemory(
  input: { readonly id: string; readonly text: string; readonly userId: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<UpdatedMemory> {
  const { text, userId } = input;
  const { id: replaced, sessionId, role, createdAt, eventTime, ...old } = await saidItem(input.id, deps, ctx);
  if (role !== 'user' && role !== 'assistant')
    throw new AppError('invalid-input', 'Expected a note or own words; those of others can only be deleted.');
  const name = old.tags.includes(NOTE_TAG) ? sessionId : NOTES;
  const { id } = await receiveMessage(
    {
      sessionId: await noteSession({ name, userId }, deps, ctx),
      role,
      text,
      time: eventTime ?? createdAt,
      tags: [...new Set([NOTE_TAG, ...old.tags])].filter((tag) => tag !== QUOTING_TAG),
      idempotencyKey: `in place of ${replaced}: ${sha256(text)}`,
    },
    deps,
    ctx,
  );
  const { removed } = await forgetMessage({ id: sessionId, messageId: replaced }, deps, ctx);
  return { id, replaced, removed };
}
