import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { objectKeys, type ObjectKey } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { Id, TimeMs } from '../wire/common.ts';
import { ItemRole } from '../wire/recall.ts';
import { Citation } from '../wire/sessions.ts';

/** A message as it is kept: immutable, the truth of what was said. Times in ms since the epoch. */
export const StoredMessage = z.object({
  id: Id,
  sessionId: Id,
  /** Place in the session, from 0; rises, with gaps where a message was lost before it was kept. */
  seq: z.number().int().nonnegative(),
  role: ItemRole,
  author: z.string().optional(),
  text: z.string(),
  caption: z.string().optional(),
  /** When it was said. */
  time: TimeMs,
  citations: z.array(Citation).default([]),
  /** Given by who stored it; its items carry them. */
  tags: z.array(z.string()).optional(),
  /** Set on answers no language model wrote: they repeat what they cite or say nothing, and are no evidence of their own. */
  answerKind: z.enum(['extractive', 'nothing-found', 'remembered']).optional(),
  /**
   * The message before it, in a session with branches; the session's own id for a first one. Absent: the one at the place
   * before, as in every session that is a line.
   */
  parentId: Id.optional(),
  /** Set on an answer that was stopped or cut off: the text is what was said until then. */
  interrupted: z.literal(true).optional(),
  /** When Jiwa received it. */
  createdAt: TimeMs,
  /** Set when the file of an import keeps the message instead of an object of its own. */
  importId: Id.optional(),
});
export type StoredMessage = z.infer<typeof StoredMessage>;

/** Session fields of a snapshot, read by people and other tools. */
export interface SnapshotSession {
  readonly id: string;
  readonly title: string;
  readonly summary: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A snapshot's training text is cut after this many messages, so no file grows without bound. */
const MESSAGES_PER_TEXT = 1_000;

/** Writes a message to its object; on stable storage when it resolves. */
export function writeMessage(objects: ObjectStore, ownerId: string, message: StoredMessage): Promise<void> {
  const key = objectKeys.message(message.sessionId, message.seq, message.id);
  return objects.put(ownerId, key, JSON.stringify(message), { durable: true });
}

function parsed(bytes: Uint8Array, key: ObjectKey): StoredMessage {
  try {
    return StoredMessage.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new AppError('unreadable', `Expected a message at ${key}, but it cannot be read as one.`, {
      cause,
    });
  }
}

/** The message at an object's key; `undefined` when there is none. Throws `unreadable` for a damaged object. */
export async function readMessage(
  objects: ObjectStore,
  ownerId: string,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<StoredMessage | undefined> {
  const bytes = await objects.get(ownerId, key, signal);
  return bytes && parsed(bytes, key);
}

/** All messages of a session that have an object of their own, in order. */
export async function* readMessages(
  objects: ObjectStore,
  ownerId: string,
  sessionId: string,
  signal: AbortSignal,
): AsyncIterable<StoredMessage> {
  for await (const { key } of objects.list(ownerId, objectKeys.messages(sessionId), signal)) {
    const message = await readMessage(objects, ownerId, key, signal);
    if (message) yield message;
  }
}

function trainingText(messages: readonly Pick<StoredMessage, 'role' | 'author' | 'text'>[]): string {
  return messages.map(({ role, author, text }) => `${author ?? role}: ${text}\n`).join('\n');
}

/**
 * Writes what other tools read of a session: metadata, whole transcript, and the chat as text. All derived from the
 * messages, so written without sync and safe to repeat.
 */
export async function writeSnapshot(
  objects: ObjectStore,
  ownerId: string,
  session: SnapshotSession,
  messages: readonly Pick<StoredMessage, 'id' | 'seq' | 'role' | 'author' | 'text' | 'caption' | 'time'>[],
): Promise<void> {
  const derived = { durable: false };
  const { id } = session;
  const { title, summary, createdAt, updatedAt } = session;
  const metadata = { id, title, summary, createdAt, updatedAt, messages: messages.length };
  await objects.put(ownerId, objectKeys.sessionMetadata(id), JSON.stringify(metadata), derived);
  await objects.put(ownerId, objectKeys.sessionTranscript(id), JSON.stringify(messages), derived);
  for (let part = 0; part * MESSAGES_PER_TEXT < messages.length; part++) {
    const text = trainingText(messages.slice(part * MESSAGES_PER_TEXT, (part + 1) * MESSAGES_PER_TEXT));
    await objects.put(ownerId, objectKeys.sessionText(id, part), text, derived);
  }
}

/** Removes a session's snapshot, for when it no longer matches what may be remembered. */
export async function removeSnapshot(
  objects: ObjectStore,
  ownerId: string,
  sessionId: string,
  signal: AbortSignal,
): Promise<void> {
  await objects.remove(ownerId, objectKeys.sessionMetadata(sessionId));
  await objects.remove(ownerId, objectKeys.sessionTranscript(sessionId));
  await objects.removeAll(ownerId, objectKeys.sessionTexts(sessionId), signal);
}
