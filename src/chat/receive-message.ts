import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import { derivedId } from '../core/ids.ts';
import type { ObjectKey } from '../core/object-keys.ts';
import { readMessage, writeMessage, type StoredMessage } from '../memory/transcripts.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { Citation } from '../wire/sessions.ts';
import type { ChatStores } from './chat-deps.ts';
import { finishMessageIntent } from './finish-intent.ts';
import { isForgotten } from './is-forgotten.ts';
import { finishMessage, MESSAGE_INTENT, sessionGone, type MessageIntent } from './message-write.ts';
import { sessionRow } from './sessions.ts';

/** A message that came in. `time` is when it was said, if not now. */
export interface IncomingMessage {
  readonly sessionId: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly time?: number | undefined;
  readonly citations?: readonly Citation[];
  readonly tags?: readonly string[];
  readonly answerKind?: StoredMessage['answerKind'];
  readonly interrupted?: true;
  /** The message it follows, if not the last one of the path that is shown; counts in a session with branches. */
  readonly parentId?: string | undefined;
  /** The path that is shown goes over to this message also when it ended here. */
  readonly insteadOf?: string | undefined;
  /** The client's own id of the message: sent again with the same key, it is stored once. */
  readonly idempotencyKey?: string | undefined;
  /** Another process may store it, too: it is stored once. */
  readonly again?: true;
}

/** Id a message will have: of a key, if the client gave one, so that it is stable over retries; else a new one. */
export function messageIdOf(
  { sessionId, idempotencyKey }: Pick<IncomingMessage, 'sessionId' | 'idempotencyKey'>,
  ctx: Ctx,
): string {
  if (idempotencyKey === undefined) return ctx.newId();
  return derivedId(ctx.ownerId, 'keyed-message', sessionId, idempotencyKey);
}

/** A message that was stored before, as it was kept; `undefined` when there is none. */
export async function storedMessage(
  id: string,
  deps: ChatStores,
  ctx: Ctx,
): Promise<StoredMessage | undefined> {
  const [item] = await deps.memory.get(ctx.ownerId, [id], ctx.signal);
  if (item?.s3Path === undefined) return undefined;
  return readMessage(deps.objects, ctx.ownerId, item.s3Path as ObjectKey, ctx.signal);
}

/** The place a message gets: `parentId` is absent in a session that is a line. */
type Place = Pick<StoredMessage, 'seq' | 'parentId'>;

async function begin(tx: OwnerTx, id: string, input: IncomingMessage): Promise<Place> {
  const { sessionId, insteadOf } = input;
  const intents = tx.table('intents');
  const [forgotten, begun, session] = await Promise.all([
    isForgotten(tx, { id, sessionId }),
    intents.get({ id }),
    sessionRow(tx, sessionId),
  ]);
  if (forgotten) throw new AppError('conflict', 'Expected a new message, got one that was deleted before.');
  if (begun) throw new AppError('conflict', 'This message is being stored already.');
  const payload: MessageIntent = { sessionId, seq: session.nextSeq, insteadOf };
  await Promise.all([
    intents.insert({
      id,
      kind: MESSAGE_INTENT,
      subjectId: id,
      payload: JSON.stringify(payload),
      createdAt: tx.now,
      process: tx.process,
    }),
    tx.table('chatSessions').update({ id: sessionId }, { nextSeq: session.nextSeq + 1 }),
  ]);
  const { leafId, nextSeq: seq } = session;
  return leafId === null ? { seq } : { seq, parentId: input.parentId ?? leafId };
}

/** Settles a write that failed on the way; what cannot be settled now is `left` to the sweeper. */
async function settleFailed(message: StoredMessage, deps: ChatStores, ctx: Ctx) {
  const payload = JSON.stringify({ sessionId: message.sessionId, seq: message.seq } satisfies MessageIntent);
  const intent = { id: message.id, kind: MESSAGE_INTENT, payload };
  try {
    return await finishMessageIntent(intent, deps, { ...ctx, signal: new AbortController().signal });
  } catch (cause) {
    ctx.log.warn('message-left-unfinished', { messageId: message.id, cause });
    return 'left';
  }
}

/**
 * Stores one message for good and makes it recallable by words. Order: intent and place in the session, object on
 * stable storage, items, counts; a kill at any point loses nothing that was acknowledged and doubles nothing. Errors:
 * `not-found` for an unknown conversation, `conflict` for a key whose message is being stored or was deleted.
 */
export async function receiveMessage(
  input: IncomingMessage,
  deps: ChatStores,
  ctx: Ctx,
  id: string = messageIdOf(input, ctx),
): Promise<StoredMessage> {
  const before = input.idempotencyKey === undefined ? undefined : await storedMessage(id, deps, ctx);
  return before ?? storeMessage(id, input, deps, ctx);
}

/**
 * The message that another writer has stored under this id. Asked once the intent stands: whoever came first has
 * remembered the message before their own intent went, and nobody else can come now.
 */
async function storedBefore(id: string, deps: ChatStores, ctx: Ctx): Promise<StoredMessage | undefined> {
  const before = await storedMessage(id, deps, ctx);
  if (before) await deps.ledger.forOwner(ctx.ownerId, (tx) => tx.table('intents').remove({ id }));
  return before;
}

/** Stores a message under an id given by the caller; see `receiveMessage`. */
export async function storeMessage(
  id: string,
  input: IncomingMessage,
  deps: ChatStores,
  ctx: Ctx,
): Promise<StoredMessage> {
  const { sessionId, role, text } = input;
  ctx.signal.throwIfAborted();
  const createdAt = ctx.now();
  const place = await deps.ledger.forOwner(ctx.ownerId, (tx) => begin(tx, id, input));
  const before =
    input.again || input.idempotencyKey !== undefined ? await storedBefore(id, deps, ctx) : undefined;
  if (before) return before;
  const message: StoredMessage = {
    id,
    sessionId,
    ...place,
    role,
    text,
    time: input.time ?? createdAt,
    citations: [...(input.citations ?? [])],
    createdAt,
    ...(input.tags === undefined ? {} : { tags: [...input.tags] }),
    answerKind: input.answerKind,
    ...(input.interrupted ? { interrupted: true } : {}),
  };
  let outcome: 'kept' | 'gone';
  try {
    await writeMessage(deps.objects, ctx.ownerId, message);
    outcome = await finishMessage(message, deps, ctx);
  } catch (error) {
    const settled = await settleFailed(message, deps, ctx);
    if (settled !== 'kept' || ctx.signal.aborted) throw error;
    outcome = settled;
  }
  if (outcome === 'gone') throw sessionGone(sessionId);
  return message;
}
