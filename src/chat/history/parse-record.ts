import { parseChatGpt, withoutChatGptMessages } from './chatgpt.ts';
import { parseClaude, withoutClaudeMessages } from './claude.ts';
import { parseLine } from './json-lines.ts';
import type { HistoryFormat, ParsedRecord, Skipped } from './parsed.ts';
import type { TimeReader } from './read-time.ts';
import { isOldRow, parseOldRow, withoutOldMessages } from './old-row.ts';
import { asList, asRecord, type JsonRecord } from './record-fields.ts';

/** What a reader of records needs to know beside them. */
export interface ParseContext {
  readonly readTime: TimeReader;
  /** Conversation of lines that name none. */
  readonly fallback: string;
}

/** A record with what it holds. */
export interface ReadRecord {
  readonly value: JsonRecord;
  readonly parsed: ParsedRecord;
}

function readOldRow(value: JsonRecord, { readTime }: ParseContext): ReadRecord | Skipped {
  try {
    return { value, parsed: parseOldRow(value, readTime) };
  } catch {
    return { reason: 'not a row as Jiwa writes them' };
  }
}

function readOne(value: unknown, context: ParseContext): ReadRecord | Skipped {
  const record = asRecord(value);
  if (!record) return { reason: 'not an object' };
  if (asRecord(record['mapping'])) return { value: record, parsed: parseChatGpt(record, context.readTime) };
  if (isOldRow(record)) return readOldRow(record, context);
  if (Array.isArray(record['chat_messages']))
    return { value: record, parsed: parseClaude(record, context.readTime) };
  return { value: record, parsed: parseLine(record, context.readTime, context.fallback) };
}

/**
 * What the JSON of one record holds: a conversation of ChatGPT or Claude, or a message. An object that wraps
 * `conversations` is opened. Never throws: what cannot be read is given as skipped, with the reason.
 */
export function parseRecord(json: string, context: ParseContext): readonly (ReadRecord | Skipped)[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [{ reason: 'not valid JSON' }];
  }
  const wrapped = asRecord(value)?.['conversations'];
  const values = Array.isArray(wrapped) ? asList(wrapped) : [value];
  return values.map((one) => readOne(one, context));
}

/** How messages are taken out of a record of each format; a line holds one message and goes as a whole. */
const WITHOUT = {
  chatgpt: withoutChatGptMessages,
  claude: withoutClaudeMessages,
  postgres: withoutOldMessages,
  'json-lines': (line) => line,
} as const satisfies Record<HistoryFormat, (value: JsonRecord, gone: ReadonlySet<string>) => JsonRecord>;

/** The record without some of its messages (by `at`); `undefined` when nothing of it is left. */
export function withoutMessages(
  { value, parsed }: ReadRecord,
  gone: ReadonlySet<string>,
): JsonRecord | undefined {
  if (gone.size === parsed.messages.length) return undefined;
  const without = WITHOUT[parsed.format];
  return without(value, gone);
}
