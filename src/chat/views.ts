import { splitCaption } from '../memory/caption.ts';
import type { StoredMessage } from '../memory/transcripts.ts';
import type { ChatSessionRow } from '../ports/ledger-rows.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { MessageView, SessionView } from '../wire/sessions.ts';

/** A session's row as doors show it. */
export function sessionView(row: ChatSessionRow): SessionView {
  return {
    id: row.id,
    title: row.title,
    messages: row.messageCount,
    origin: row.origin,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    ...(row.summary === null ? {} : { summary: row.summary }),
    ...(row.leafId === null ? {} : { leafId: row.leafId }),
  };
}

/** A stored message as doors show it. */
export function messageView(message: StoredMessage): MessageView {
  const { createdAt: _, importId: __, answerKind: ___, parentId, ...view } = message;
  return parentId === undefined || parentId === message.sessionId ? view : { ...view, parentId };
}

/** An imported message as doors show it: its item holds all there is to show. */
export function viewOfItem(item: MemoryItem): MessageView {
  return {
    id: item.id,
    sessionId: item.sessionId ?? '',
    seq: item.position,
    role: item.role ?? 'person',
    time: item.eventTime ?? item.createdAt,
    citations: [],
    ...splitCaption(item.text ?? ''),
    ...(item.author === undefined ? {} : { author: item.author }),
  };
}
