import { sha256 } from '../../core/ids.ts';
import { messageTime } from './message-time.ts';
import { asList, asRecord, asText, optional, type JsonRecord } from './record-fields.ts';
import type { ParsedMessage, ParsedRecord, Skipped } from './parsed.ts';
import type { TimeReader } from './read-time.ts';

/** Kinds of content that are the machine's own notes, not something said. */
const NOT_SAID: Readonly<Record<string, string>> = {
  thoughts: 'reasoning of the model',
  reasoning_recap: 'reasoning of the model',
  user_editable_context: 'custom instructions',
  model_editable_context: 'memory of the assistant',
  system_error: 'error message',
  execution_output: 'output of a tool',
  tether_quote: 'output of a tool',
  tether_browsing_display: 'output of a tool',
};

/** Marks of the interface (citations, links) between private-use characters. */
const INTERFACE_MARKS = /\uE200[^\uE201]*\uE201/gu;

function parentOf(mapping: JsonRecord, id: string): string | undefined {
  return asText(asRecord(mapping[id])?.['parent']);
}

/** The newest leaf, for exports that name no current node. */
function newestLeaf(mapping: JsonRecord): string | undefined {
  let newest: { id: string; time: number } | undefined;
  for (const [id, value] of Object.entries(mapping)) {
    const node = asRecord(value);
    if (!node || asList(node['children']).length > 0) continue;
    const time = Number(asRecord(node['message'])?.['create_time'] ?? 0);
    if (!newest || time >= newest.time) newest = { id, time };
  }
  return newest?.id;
}

/** Ids of the nodes of the branch that was shown last, first to last. Answers given again and edits stay out. */
function branch(conversation: JsonRecord, mapping: JsonRecord): string[] {
  const current = asText(conversation['current_node']);
  const known = current !== undefined && Object.hasOwn(mapping, current);
  const seen = new Set<string>();
  let id = known ? current : newestLeaf(mapping);
  while (id !== undefined && Object.hasOwn(mapping, id) && !seen.has(id)) {
    seen.add(id);
    id = parentOf(mapping, id);
  }
  return [...seen].reverse();
}

function partText(part: unknown): string | undefined {
  if (typeof part === 'string') return part.trim() === '' ? undefined : part;
  return asText(asRecord(part)?.['text']);
}

function saidIn(content: JsonRecord): string {
  const parts = asList(content['parts']).flatMap((part) => partText(part) ?? []);
  const text = parts.length > 0 ? parts.join('\n') : (asText(content['text']) ?? '');
  return text.replaceAll(INTERFACE_MARKS, '').trim();
}

/** Why a message is not something a person or the assistant said to the other. */
function notSaid(message: JsonRecord, content: JsonRecord): string | undefined {
  const role = asText(asRecord(message['author'])?.['role']);
  if (role !== 'user' && role !== 'assistant') return 'system or tool message';
  const hidden = asRecord(message['metadata'])?.['is_visually_hidden_from_conversation'] === true;
  if (hidden || message['weight'] === 0) return 'hidden message';
  const type = asText(content['content_type']) ?? 'text';
  if (Object.hasOwn(NOT_SAID, type)) return NOT_SAID[type];
  const recipient = asText(message['recipient']) ?? 'all';
  return recipient === 'all' ? undefined : 'call of a tool';
}

function parseNode(at: string, message: JsonRecord, readTime: TimeReader): ParsedMessage | Skipped {
  const content = asRecord(message['content']) ?? {};
  const text = saidIn(content);
  const reason = notSaid(message, content);
  if (reason !== undefined) return { reason };
  if (text === '') {
    const picture = asList(content['parts']).some((part) => asRecord(part) !== undefined);
    return { reason: picture ? 'picture or file without text' : 'empty message' };
  }
  const role = asRecord(message['author'])?.['role'] === 'user' ? 'user' : 'assistant';
  return {
    at,
    externalId: asText(message['id']) ?? at,
    role,
    text,
    ...messageTime(message['create_time'], readTime),
  };
}

/** A conversation of a ChatGPT export, old or new: the branch shown last, without what nobody said. */
export function parseChatGpt(conversation: JsonRecord, readTime: TimeReader): ParsedRecord {
  const mapping = asRecord(conversation['mapping']) ?? {};
  const title = asText(conversation['title']);
  const startedAt = readTime(conversation['create_time']);
  const messages: ParsedMessage[] = [];
  const skipped: Skipped[] = [];
  for (const [index, id] of branch(conversation, mapping).entries()) {
    const message = asRecord(asRecord(mapping[id])?.['message']);
    if (!message) continue;
    const parsed = parseNode(id, message, readTime);
    if ('reason' in parsed) skipped.push({ ...parsed, message: index + 1 });
    else messages.push(parsed);
  }
  const externalId =
    asText(conversation['conversation_id']) ??
    asText(conversation['id']) ??
    sha256(`${title ?? ''}/${startedAt ?? ''}/${messages[0]?.externalId ?? ''}`);
  return {
    format: 'chatgpt',
    externalId,
    messages,
    skipped,
    ...optional('title', title),
    ...optional('startedAt', startedAt),
  };
}

/**
 * The conversation without some messages, to be kept instead of it. Only the branch shown last stays: other versions
 * of a message could say what must be forgotten.
 */
export function withoutChatGptMessages(conversation: JsonRecord, gone: ReadonlySet<string>): JsonRecord {
  const mapping = asRecord(conversation['mapping']) ?? {};
  const shown = branch(conversation, mapping);
  const kept = shown.map((id, index) => {
    const node = asRecord(mapping[id]) ?? {};
    const children = shown.slice(index + 1, index + 2);
    return [id, { ...node, children, ...(gone.has(id) ? { message: null } : {}) }];
  });
  return { ...conversation, mapping: Object.fromEntries(kept), current_node: shown.at(-1) };
}
