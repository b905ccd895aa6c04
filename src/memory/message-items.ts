import { derivedId } from '../core/ids.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import type { Citation } from '../wire/sessions.ts';
import { ANALYSER_VERSION, analyse } from './analyser.ts';
import { withCaption } from './caption.ts';
import { saidText } from './embed-text.ts';
import { detectLanguage } from './language.ts';
import { LONG_MESSAGE, paragraphs } from './paragraphs.ts';
import type { StoredMessage } from './transcripts.ts';

/** Tag of answers that quote or cite, whoever wrote them: what they say is said better by what they rest on. */
export const QUOTING_TAG = 'quoting-answer';

const ASKS = /[?？؟](?=\s|$|["'”»)\]*_])/u;

/** How far words may support facts about the owner: own words 4, another person's 3, an assistant's 2, else 1. */
const TRUST = { user: 4, person: 3, assistant: 2, system: 1 } as const;

/** The string a message is found by: its words are analysed and its vector is made from it. */
export function indexedText(message: StoredMessage, language = detectLanguage(message.text)): string {
  return saidText({ ...message, language });
}

/** Whether a message's own object keeps it (said here), not the file of an import. */
function objectOf(message: StoredMessage): string | undefined {
  return message.importId === undefined
    ? objectKeys.message(message.sessionId, message.seq, message.id)
    : undefined;
}

/** What a citation rests on: the item, and the document or session it is of. */
export function quotedFrom({ itemId, place }: Citation): string[] {
  return [itemId, place.documentId ?? [], place.sessionId ?? []].flat();
}

/**
 * The root that says an answer quotes an item, a document or a session. Not the quoted root itself: the rooms remove all
 * that has a root they forget, but an answer goes with its message, by the room that keeps it.
 */
export function quoteOf(sourceId: string): string {
  return `quoted:${sourceId}`;
}

/** Whether a message is an answer that says nothing of its own. */
function repeats({ answerKind, citations }: StoredMessage): boolean {
  return answerKind !== undefined || citations.length > 0;
}

function messageItem(message: StoredMessage): MemoryItem {
  const language = detectLanguage(message.text);
  const s3Path = objectOf(message);
  const quoted = [...new Set(message.citations.flatMap(quotedFrom))];
  return {
    id: message.id,
    kind: 'message',
    text: withCaption(message.text, message.caption),
    terms: analyse(indexedText(message, language), language),
    sessionId: message.sessionId,
    position: message.seq,
    role: message.role,
    createdAt: message.createdAt,
    asks: ASKS.test(message.text),
    tags: [message.tags ?? [], repeats(message) ? QUOTING_TAG : []].flat(),
    entities: [],
    trust: TRUST[message.role],
    derivedFrom: [...new Set([message.importId ?? message.id, ...quoted])],
    sources: [message.id, message.sessionId, message.importId ?? [], quoted.map(quoteOf)].flat(),
    analyserVersion: ANALYSER_VERSION,
    version: 1,
    ...(message.author === undefined ? {} : { author: message.author }),
    ...(message.parentId === undefined ? {} : { parentId: message.parentId }),
    ...(message.time === message.createdAt ? {} : { eventTime: message.time }),
    ...(language === undefined ? {} : { language }),
    ...(s3Path === undefined ? {} : { s3Path }),
  };
}

/**
 * What a message is remembered as: one `message` item, and `paragraph` items when it is longer than 1,200 characters.
 * Paragraphs carry their own text with offsets into the message and no words: conversations are ranked by messages,
 * and the same words twice would distort the word statistics. Ids derive from the message, so doing it twice changes
 * nothing. `sources` are message, session and import, and what an answer quotes (see `quoteOf`): forgetting any of them
 * finds the items.
 */
export function messageItems(message: StoredMessage, ownerId: string): MemoryItem[] {
  const whole = messageItem(message);
  if (message.text.length <= LONG_MESSAGE) return [whole];
  const { s3Path: _, ...shared } = whole;
  const parts = paragraphs(message.text).map((span, index): MemoryItem => ({
    ...shared,
    id: derivedId(ownerId, 'paragraph', message.id, span.start, span.end),
    kind: 'paragraph',
    text: message.text.slice(span.start, span.end),
    terms: '',
    parentId: message.id,
    position: index,
    start: span.start,
    end: span.end,
    asks: ASKS.test(message.text.slice(span.start, span.end)),
    derivedFrom: [message.id],
  }));
  return [whole, ...parts];
}
