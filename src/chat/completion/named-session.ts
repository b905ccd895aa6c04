import type { Ctx } from '../../core/context.ts';
import { isAbort, toAppError } from '../../core/errors.ts';
import { derivedId, isUuid } from '../../core/ids.ts';
import type { OwnerTx } from '../../ports/ledger.ts';
import type { ChatStores } from '../chat-deps.ts';
import { createSession } from '../sessions.ts';
import type { CompletionInput } from './completion-input.ts';

const DAY_CHARACTERS = 'YYYY-MM-DD'.length;

/** The session of a conversation's name, and whether it has begun. */
export interface NamedSession {
  readonly id: string;
  readonly begun: boolean;
  /** What it is called when it begins; else its first words name it. */
  readonly title?: string;
}

async function find(tx: OwnerTx, userId: string, name: string): Promise<NamedSession> {
  const sessions = tx.table('chatSessions');
  if (isUuid(name) && (await sessions.get({ id: name })) !== undefined) return { id: name, begun: true };
  for (let generation = 0; ; generation++) {
    const id = derivedId(tx.ownerId, 'named-session', userId, name, generation);
    if (await tx.table('tombstones').get({ sourceId: id })) continue;
    return { id, begun: (await sessions.get({ id })) !== undefined };
  }
}

/**
 * The session a caller means by a name of its own, which may be the id of one there is; without a name the key's
 * session of the day (UTC). A name whose session was forgotten means a new one.
 */
export async function namedSession(
  input: Pick<CompletionInput, 'conversation' | 'userId' | 'credentialId'>,
  deps: Pick<ChatStores, 'ledger'>,
  ctx: Ctx,
): Promise<NamedSession> {
  const day = new Date(ctx.now()).toISOString().slice(0, DAY_CHARACTERS);
  const name = input.conversation ?? `${input.credentialId ?? ''} ${day}`;
  return deps.ledger.forOwner(ctx.ownerId, (tx) => find(tx, input.userId, name));
}

/** Begins the session unless somebody has. */
export async function beginSession(
  session: NamedSession,
  userId: string,
  deps: Pick<ChatStores, 'ledger'>,
  ctx: Ctx,
): Promise<void> {
  const { begun, title } = session;
  if (begun) return;
  try {
    await createSession({ userId, ...(title === undefined ? {} : { title }) }, deps, {
      ...ctx,
      newId: () => session.id,
    });
  } catch (error) {
    if (isAbort(error) || toAppError(error).code !== 'conflict') throw error;
  }
}
