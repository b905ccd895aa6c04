import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import type { ChatStores } from '../chat-deps.ts';
import { beginSession, namedSession } from '../completion/named-session.ts';

/** The conversation of what nobody named one for. */
export const NOTES = 'Notes';
/** Tag of everything that was noted, so that it can be told from what was said in a chat. */
export const NOTE_TAG = 'note';

/**
 * The conversation that an id or a name of the user's own means; one that is not there begins under its name. Errors:
 * `not-found` for an id of none.
 */
export async function noteSession(
  { name, userId }: { readonly name: string; readonly userId: string },
  deps: ChatStores,
  ctx: Ctx,
): Promise<string> {
  const session = await namedSession({ conversation: name, userId, credentialId: undefined }, deps, ctx);
  if (!session.begun && isUuid(name))
    throw new AppError(
      'not-found',
      `Expected the id or a name of a conversation, got the id ${name} of none.`,
    );
  await beginSession({ ...session, title: name }, userId, deps, ctx);
  return session.id;
}
