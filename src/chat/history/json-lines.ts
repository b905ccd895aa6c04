import { isUuid } from '../../core/ids.ts';
import { messageTime } from './message-time.ts';
import {
  asList,
  asRecord,
  asText,
  firstField,
  firstText,
  optional,
  type JsonRecord,
} from './record-fields.ts';
import type { ParsedMessage, ParsedRecord } from './parsed.ts';
import type { TimeReader } from './read-time.ts';

const CONVERSATION = [
  'conversation',
  'conversation_id',
  'conversationId',
  'conv',
  'chat',
  'chat_id',
  'thread',
];
const SESSION = ['session', 'session_id', 'sessionId'];
const TIME = [
  'time',
  'timestamp',
  'date',
  'datetime',
  'session_time',
  'created_at',
  'createdAt',
  'create_time',
];
const SPEAKER = ['speaker', 'author', 'name', 'from', 'sender'];
const TEXT = ['text', 'content', 'message', 'body'];
const CAPTION = ['caption', 'image_caption', 'blip_caption'];
const MESSAGE_ID = ['id', 'message_id', 'messageId', 'uuid', 'dia_id'];

const ROLES: Readonly<Record<string, ParsedMessage['role'] | 'system'>> = {
  user: 'user',
  human: 'user',
  me: 'user',
  owner: 'user',
  assistant: 'assistant',
  ai: 'assistant',
  bot: 'assistant',
  model: 'assistant',
  chatgpt: 'assistant',
  claude: 'assistant',
  person: 'person',
  participant: 'person',
  system: 'system',
  developer: 'system',
  tool: 'system',
  function: 'system',
};

const roleNamed = (name: string | undefined) =>
  name !== undefined && Object.hasOwn(ROLES, name.toLowerCase()) ? ROLES[name.toLowerCase()] : undefined;

/** Text as such, or the text parts of a list of parts. */
function textOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return asText(value);
  const parts = asList(value).flatMap((part) => asText(part) ?? asText(asRecord(part)?.['text']) ?? []);
  return asText(parts.join('\n'));
}

/** Who said it: by `role`, else by a speaker who is called like a role, else a person of that name. */
function whoSaid(line: JsonRecord): Pick<ParsedMessage, 'role' | 'author'> | 'system' | undefined {
  const speaker = firstText(line, SPEAKER);
  const named = asText(line['role']);
  const role = roleNamed(named);
  if (role !== undefined) return role === 'system' ? role : { role, ...optional('author', speaker) };
  const calledLikeRole = roleNamed(speaker);
  if (calledLikeRole !== undefined) return calledLikeRole === 'system' ? 'system' : { role: calledLikeRole };
  const author = speaker ?? named;
  return author === undefined ? undefined : { role: 'person', author };
}

/**
 * Id of the session a line belongs to: its conversation, and its session (a sitting) in it when both are given. Each
 * sitting is a session of its own: neighbours of a message never reach over to another day.
 */
export function lineSession(conversation: string, sitting: string | undefined): string {
  return sitting === undefined ? conversation : JSON.stringify([conversation, sitting]);
}

function placeOfLine(line: JsonRecord, fallback: string) {
  const conversation = firstText(line, CONVERSATION);
  const sitting = firstText(line, SESSION);
  const name = conversation ?? sitting ?? fallback;
  const inside = conversation === undefined ? undefined : sitting;
  const shown = inside === undefined ? name : `${name} · ${inside}`;
  const title = asText(line['title']) ?? (isUuid(name) ? undefined : shown);
  return { externalId: lineSession(name, inside), ...optional('title', title) };
}

/**
 * One line of a JSON-lines history: a message with conversation, time, speaker or role, text and perhaps a caption,
 * under any of the usual names. A line without a conversation belongs to `fallback` (the name of its file).
 */
export function parseLine(line: JsonRecord, readTime: TimeReader, fallback: string): ParsedRecord {
  const place = { format: 'json-lines' as const, ...placeOfLine(line, fallback) };
  const skip = (reason: string): ParsedRecord => ({
    ...place,
    messages: [],
    skipped: [{ reason }],
  });
  const text = textOf(firstField(line, TEXT));
  const caption = firstText(line, CAPTION);
  if (text === undefined && caption === undefined) return skip('no text');
  const who = whoSaid(line);
  if (who === 'system') return skip('system or tool message');
  if (who === undefined) return skip('neither speaker nor role');
  const message: ParsedMessage = {
    at: '',
    ...who,
    text: text ?? '',
    ...optional('externalId', firstText(line, MESSAGE_ID)),
    ...optional('caption', caption),
    ...messageTime(firstField(line, TIME), readTime),
  };
  return { ...place, messages: [message], skipped: [] };
}
