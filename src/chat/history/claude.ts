import { sha256 } from '../../core/ids.ts';
import { messageTime } from './message-time.ts';
import { asList, asRecord, asText, firstText, optional, type JsonRecord } from './record-fields.ts';
import type { ParsedMessage, ParsedRecord, Skipped } from './parsed.ts';
import type { TimeReader } from './read-time.ts';

/** What was said: the text parts of the newer shape, else the one text of the older. */
function saidIn(message: JsonRecord): string {
  const parts = asList(message['content'])
    .map(asRecord)
    .filter((part) => part?.['type'] === 'text')
    .flatMap((part) => asText(part?.['text']) ?? []);
  return parts.length > 0 ? parts.join('\n') : (asText(message['text']) ?? '');
}

/** Names of what was attached; each stands as a line below the text. */
function attachedNames(message: JsonRecord): string[] {
  const files = [...asList(message['attachments']), ...asList(message['files'])].map(asRecord);
  return files.flatMap((file) => (file && firstText(file, ['file_name', 'name'])) ?? []);
}

/** The text of attachments is not the person's own words: it is not taken in as such, but not passed over silently. */
function attachedTexts(message: JsonRecord): Skipped[] {
  const texts = asList(message['attachments']).filter(
    (value) => asText(asRecord(value)?.['extracted_content']) !== undefined,
  );
  return texts.map(() => ({ reason: 'text of an attachment: add the file as a document' }));
}

function parseMessage(at: string, message: JsonRecord, readTime: TimeReader): ParsedMessage | Skipped {
  const said = saidIn(message);
  const attached = attachedNames(message).map((name) => `[attachment: ${name}]`);
  const externalId = asText(message['uuid']);
  const sender = asText(message['sender']);
  if (sender !== 'human' && sender !== 'assistant') return { reason: 'system or tool message' };
  const text = [said, ...attached].filter((part) => part !== '').join('\n');
  if (text === '') return { reason: 'empty message' };
  return {
    at,
    role: sender === 'human' ? 'user' : 'assistant',
    text,
    ...optional('externalId', externalId),
    ...messageTime(message['created_at'], readTime),
  };
}

/** A conversation of a Claude export. */
export function parseClaude(conversation: JsonRecord, readTime: TimeReader): ParsedRecord {
  const title = asText(conversation['name']);
  const startedAt = readTime(conversation['created_at']);
  const messages: ParsedMessage[] = [];
  const skipped: Skipped[] = [];
  for (const [index, value] of asList(conversation['chat_messages']).entries()) {
    const message = asRecord(value);
    const parsed = message ? parseMessage(String(index), message, readTime) : { reason: 'not a message' };
    const place = { message: index + 1 };
    if ('reason' in parsed) skipped.push({ ...parsed, ...place });
    else messages.push(parsed);
    if (message) skipped.push(...attachedTexts(message).map((text) => ({ ...text, ...place })));
  }
  return {
    format: 'claude',
    externalId: asText(conversation['uuid']) ?? sha256(`${title ?? ''}/${startedAt ?? ''}`),
    messages,
    skipped,
    ...optional('title', title),
    ...optional('startedAt', startedAt),
  };
}

/** The conversation without some messages (by index), to be kept instead of it. */
export function withoutClaudeMessages(conversation: JsonRecord, gone: ReadonlySet<string>): JsonRecord {
  const kept = asList(conversation['chat_messages']).filter((_, index) => !gone.has(String(index)));
  return { ...conversation, chat_messages: kept };
}
