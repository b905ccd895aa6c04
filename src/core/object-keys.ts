import { AppError } from './errors.ts';
import { isUuid } from './ids.ts';

/** Keys inside an owner's part of the object store (`tenant/<owner>/` is added by the driver). */
export type ObjectKey = string & { readonly __brand: 'ObjectKey' };

const EXTENSION = /^[a-z0-9]{1,8}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function id(value: string): string {
  if (!isUuid(value)) throw new AppError('internal', 'An object key takes only ids made by Jiwa.');
  return value;
}

function matching(value: string, pattern: RegExp, what: string): string {
  if (!pattern.test(value)) throw new AppError('internal', `An object key takes only a valid ${what}.`);
  return value;
}

const key = (text: string) => text as ObjectKey;

/**
 * The layout of the object store (architecture, section 2): the one place where keys are made. Every part is an
 * id, a number or a word of ours; a name that a client chose can never become part of a key.
 */
export const objectKeys = {
  original: (documentId: string, extension: string) =>
    key(`raw/${id(documentId)}/original.${matching(extension, EXTENSION, 'extension')}`),
  document: (documentId: string) => key(`raw/${id(documentId)}/`),
  chunk: (documentId: string, index: number) =>
    key(`chunks/${id(documentId)}/chunk_${Math.trunc(index)}.txt`),
  /** The title that a document carries itself. */
  documentTitle: (documentId: string) => key(`chunks/${id(documentId)}/title.txt`),
  chunks: (documentId: string) => key(`chunks/${id(documentId)}/`),
  message: (sessionId: string, seq: number, messageId: string) =>
    key(
      `chats/session_${id(sessionId)}/messages/${String(Math.trunc(seq)).padStart(8, '0')}_${id(messageId)}.json`,
    ),
  messages: (sessionId: string) => key(`chats/session_${id(sessionId)}/messages/`),
  session: (sessionId: string) => key(`chats/session_${id(sessionId)}/`),
  sessionMetadata: (sessionId: string) => key(`chats/session_${id(sessionId)}/metadata.json`),
  sessionTranscript: (sessionId: string) => key(`chats/session_${id(sessionId)}/messages.json`),
  sessionTexts: (sessionId: string) => key(`chats/session_${id(sessionId)}/processed/`),
  sessionText: (sessionId: string, part: number) =>
    key(`chats/session_${id(sessionId)}/processed/chat_${Math.trunc(part)}.txt`),
  sessionSummary: (sessionId: string, messageId: string) =>
    key(`chats/session_${id(sessionId)}/summaries/${id(messageId)}.json`),
  sessionSummaries: (sessionId: string) => key(`chats/session_${id(sessionId)}/summaries/`),
  answerTrace: (sessionId: string, questionId: string, answerId: string) =>
    key(`chats/session_${id(sessionId)}/traces/${id(questionId)}_${id(answerId)}.json`),
  answerTraces: (sessionId: string) => key(`chats/session_${id(sessionId)}/traces/`),
  /** An archive that waits to be imported; an object of the installation. */
  incoming: (archiveId: string) => key(`incoming/${id(archiveId)}.tar`),
  event: (day: string, eventId: string) => key(`events/${matching(day, DAY, 'day')}/${id(eventId)}.json`),
} as const;
