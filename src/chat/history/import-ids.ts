import { derivedId, sha256 } from '../../core/ids.ts';
import type { HistoryFormat, ParsedMessage } from './parsed.ts';

/** Id of a conversation taken in from another system, the same in every export of it. */
export function importedSessionId(ownerId: string, format: HistoryFormat, externalId: string): string {
  return derivedId(ownerId, 'imported-session', format, externalId);
}

/** Id of a message that has an id in the system it comes from. */
export function importedMessageId(ownerId: string, sessionId: string, externalId: string): string {
  return derivedId(ownerId, 'imported-message', sessionId, externalId);
}

/** Gives the id of each message of a file, in the order of the file. */
export type MessageIds = (sessionId: string, message: ParsedMessage) => string;

/**
 * Ids of the messages of one file. A message without an id of its own is known by what it says, who says it and when;
 * said again in the same words at the same time, by how often. So a newer export of the same account, or the same
 * history with more lines, gives the old messages their old ids.
 */
export function messageIds(ownerId: string): MessageIds {
  const said = new Map<string, number>();
  return (sessionId, { externalId, role, author = '', text, caption = '', time = 0 }) => {
    if (externalId !== undefined) return importedMessageId(ownerId, sessionId, externalId);
    const content = sha256(JSON.stringify([role, author, text, caption, time]));
    const key = `${sessionId}/${content}`;
    const times = said.get(key) ?? 0;
    said.set(key, times + 1);
    return derivedId(ownerId, 'imported-message-text', sessionId, content, times);
  };
}
