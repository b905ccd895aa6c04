import { z } from 'zod';
import { STATE_FEATURE_NAMES } from '../../memory/state-vector.ts';
import { messageTime } from './message-time.ts';
import { optional, type JsonRecord } from './record-fields.ts';
import type { ParsedExchange, ParsedMessage, ParsedRecord, ParsedState, Skipped } from './parsed.ts';
import type { TimeReader } from './read-time.ts';

/** What a column of the old sessions can be used as. */
export const SESSION_ROLES = [
  'prompt',
  'answer',
  'time',
  'answerTime',
  'conversation',
  'title',
  'user',
  'strategy',
  'effectiveness',
  'environment',
] as const;
/** What a column of the old biometrics can be used as. */
export const STATE_ROLES = ['session', 'time', 'user', ...STATE_FEATURE_NAMES] as const;

const Cell = z.string().nullable();
const Cells = z.record(z.string(), Cell);

/**
 * A row of an old PostgreSQL-first deployment as a line of JSON: the truth of what was moved. Every value is the text that
 * PostgreSQL made of it; `values` by what it is used as, `other` what has no use in memory, by column.
 */
export const OldRowLine = z.object({
  jiwa: z.literal('old-row@1'),
  /** Name of the old system: rows of two systems never meet. */
  source: z.string(),
  table: z.string(),
  key: z.string(),
  /** Key of the row of sessions: its own, or that of the session a window belongs to; absent when it has none. */
  session: z.string().optional(),
  /** What the old system calls the conversation of that session, where it has a name for it. */
  conversation: z.string().optional(),
  kind: z.enum(['exchange', 'state']),
  values: Cells,
  other: Cells,
  /** `value × factor + offset` is in our unit. */
  units: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
});
export type OldRowLine = z.infer<typeof OldRowLine>;

/** Before the rows of a file: which column each value came from. */
export const OldRowsHead = z.object({
  jiwa: z.literal('old-rows@1'),
  source: z.string(),
  table: z.string(),
  columns: z.record(z.string(), z.string()),
});
export type OldRowsHead = z.infer<typeof OldRowsHead>;

/** Whether an object of JSON is the head or a row of such a file. */
export function isOldRow(record: JsonRecord): boolean {
  return record['jiwa'] === 'old-row@1' || record['jiwa'] === 'old-rows@1';
}

const LONGEST_TAG = 60;
const text = (cell: string | null | undefined) => (cell == null || cell.trim() === '' ? undefined : cell);

/** PostgreSQL leaves the minutes of a zone out when there are none. */
const zoned = (cell: string | null | undefined) =>
  text(cell)?.replace(/(:\d{2}(?:\.\d+)?[+-]\d{2})$/u, '$1:00');

/** The number in our unit as text; what is no number stays as it came, for whoever tells the fault. */
function inOurUnit(line: OldRowLine, role: string): string | null {
  const cell = line.values[role] ?? null;
  const [factor, offset] = line.units?.[role] ?? [1, 0];
  if (cell === null || cell.trim() === '' || (factor === 1 && offset === 0)) return cell;
  const value = Number(cell) * factor + offset;
  return Number.isFinite(value) ? String(value) : cell;
}

/** Id of the message of a session's row in the old system; the same whenever it is read. */
const messageOf = ({ table }: OldRowLine, session: string, at: 'prompt' | 'answer') =>
  `${table}/${session}/${at}`;

function messagesOf(line: OldRowLine, readTime: TimeReader): ParsedMessage[] {
  return (['prompt', 'answer'] as const).flatMap((at) => {
    const said = text(line.values[at]);
    if (said === undefined) return [];
    const ownTime = at === 'answer' ? zoned(line.values['answerTime']) : undefined;
    return {
      at,
      externalId: messageOf(line, line.key, at),
      role: at === 'prompt' ? ('user' as const) : ('assistant' as const),
      text: said,
      ...messageTime(ownTime ?? zoned(line.values['time']), readTime),
    };
  });
}

function effectivenessOf(line: OldRowLine): { value?: number; fault?: Skipped } {
  const cell = text(inOurUnit(line, 'effectiveness'));
  if (cell === undefined) return {};
  const value = Number(cell);
  if (value >= 0 && value <= 1) return { value };
  return { fault: { reason: 'effectiveness: not within 0–1; give a factor and an offset' } };
}

/** A session's row: what was said and answered, and the two as one exchange. */
function parseExchange(line: OldRowLine, base: Base, readTime: TimeReader): ParsedRecord {
  const messages = messagesOf(line, readTime);
  const skipped: Skipped[] = [];
  const has = (at: string) => messages.some((message) => message.at === at);
  if (!has('prompt')) skipped.push({ reason: 'no prompt' });
  if (!has('answer')) skipped.push({ reason: 'no answer' });
  const { value: effectiveness, fault } = effectivenessOf(line);
  if (fault !== undefined) skipped.push(fault);
  const environment = text(line.values['environment']);
  const exchange: ParsedExchange = {
    key: line.key,
    table: line.table,
    question: messageOf(line, line.key, 'prompt'),
    answer: messageOf(line, line.key, 'answer'),
    ...optional('strategy', text(line.values['strategy'])?.slice(0, LONGEST_TAG)),
    ...optional('effectiveness', effectiveness),
    ...optional('environment', environment?.slice(0, LONGEST_TAG)),
    ...optional('time', readTime(zoned(line.values['time']))),
  };
  return {
    ...base,
    messages,
    skipped,
    ...(has('prompt') && has('answer') ? { exchange } : {}),
    ...optional('title', text(line.values['title'])),
  };
}

/** A row of biometrics: one window of measurements. */
function parseState(line: OldRowLine, base: Base, readTime: TimeReader): ParsedRecord {
  const measured = Object.fromEntries(STATE_FEATURE_NAMES.map((name) => [name, inOurUnit(line, name)]));
  const came = zoned(line.values['time']);
  const time = readTime(came);
  const state: ParsedState = {
    key: line.key,
    table: line.table,
    measured,
    ...optional('session', line.session),
    ...optional('time', time),
  };
  const skipped = [
    ...(came !== undefined && time === undefined ? [{ reason: 'time: cannot be read' }] : []),
    ...(came === undefined ? [{ reason: 'no time' }] : []),
    ...(line.session === undefined ? [{ reason: 'window without a session' }] : []),
  ];
  return { ...base, messages: [], skipped, state };
}

type Base = Pick<ParsedRecord, 'format' | 'externalId' | 'source'>;

/** What a line of old rows holds; the head holds nothing. Throws what zod says of a line that is none. */
export function parseOldRow(record: JsonRecord, readTime: TimeReader): ParsedRecord {
  if (record['jiwa'] === 'old-rows@1') {
    const { source } = OldRowsHead.parse(record);
    return { format: 'postgres', externalId: source, source, messages: [], skipped: [] };
  }
  const line = OldRowLine.parse(record);
  const { source, conversation, session } = line;
  // A conversation has a name of its own, is the row of its session, or (of a window that belongs to none) is never begun.
  const externalId = JSON.stringify(
    conversation !== undefined
      ? [source, 'conversation', conversation]
      : session !== undefined
        ? [source, 'session', session]
        : [source, line.table, line.key],
  );
  const base: Base = { format: 'postgres', externalId, source };
  return line.kind === 'exchange' ? parseExchange(line, base, readTime) : parseState(line, base, readTime);
}

/**
 * The row without some of its messages. Columns without a use in memory go as a whole: they may repeat what must be
 * forgotten.
 */
export function withoutOldMessages(record: JsonRecord, gone: ReadonlySet<string>): JsonRecord {
  const { values, ...line } = OldRowLine.parse(record);
  const kept = Object.entries(values).filter(([role]) => !gone.has(role) && role !== 'title');
  return { ...line, values: Object.fromEntries(kept), other: {} };
}
