import type { DocumentBuilder } from '../document-builder.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper values are left out, with a warning. */
const MAX_DEPTH = 64;

const SPEAKER_KEYS = ['role', 'speaker', 'author', 'sender', 'from'];
const SPEECH_KEYS = ['content', 'text', 'message', 'body'];

/**
 * JSON as text: an array of objects as records (a block of `path: value` lines each), or as turns (`speaker: text`)
 * when each has a speaker and a text; an object as its plain values first, then its arrays of objects, each under a
 * heading with its path. Empty values are left out.
 */
export function addJson(builder: DocumentBuilder, value: unknown): void {
  addValue(builder, value, '', 0);
}

function addValue(builder: DocumentBuilder, value: unknown, path: string, depth: number): void {
  if (depth > MAX_DEPTH) return builder.warn('Parts that are nested too deeply were left out.');
  if (isRecordList(value)) return addRecords(builder, value);
  if (!isObject(value)) return builder.add('paragraph', lines(value, path, builder, depth).join('\n'));
  const lists = Object.entries(value).filter(([, member]) => holdsRecords(member, depth));
  const rest = Object.fromEntries(Object.entries(value).filter(([, member]) => !holdsRecords(member, depth)));
  builder.add('paragraph', lines(rest, path, builder, depth).join('\n'));
  for (const [key, member] of lists) {
    const inner = path === '' ? key : `${path}.${key}`;
    if (isRecordList(member)) builder.add('heading', inner, Math.min(6, depth + 1));
    addValue(builder, member, inner, depth + 1);
  }
}

/** True for an array of objects, and for an object with one somewhere inside. */
function holdsRecords(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (isRecordList(value)) return true;
  return isObject(value) && Object.values(value).some((member) => holdsRecords(member, depth + 1));
}

function isRecordList(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function addRecords(builder: DocumentBuilder, records: readonly JsonObject[]): void {
  const turns = records.map(turnText);
  if (records.length > 1 && turns.every((turn) => turn !== undefined)) {
    for (const turn of turns) builder.add('turn', turn);
    return;
  }
  for (const record of records) builder.add('paragraph', lines(record, '', builder, 0).join('\n'));
}

function turnText(record: JsonObject): string | undefined {
  const speaker = SPEAKER_KEYS.map((key) => record[key]).find((value) => typeof value === 'string');
  const speech = SPEECH_KEYS.map((key) => record[key]).find((value) => typeof value === 'string');
  return speaker === undefined || speech === undefined ? undefined : `${speaker}: ${speech}`;
}

function lines(value: unknown, path: string, builder: DocumentBuilder, depth: number): string[] {
  if (depth > MAX_DEPTH) {
    builder.warn('Parts that are nested too deeply were left out.');
    return [];
  }
  if (Array.isArray(value)) return listLines(value, path, builder, depth);
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, member]) =>
      lines(member, path === '' ? key : `${path}.${key}`, builder, depth + 1),
    );
  }
  if (value === null || value === '') return [];
  return [path === '' ? plain(value) : `${path}: ${plain(value)}`];
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Short plain values stand in one line, other members each in their own. */
function listLines(
  values: readonly unknown[],
  path: string,
  builder: DocumentBuilder,
  depth: number,
): string[] {
  const single = values.filter((value) => typeof value !== 'object' || value === null);
  const together = single.filter((value) => value !== null && value !== '').map(plain);
  if (single.length === values.length && path !== '' && together.join(', ').length <= 200) {
    return together.length === 0 ? [] : [`${path}: ${together.join(', ')}`];
  }
  return values.flatMap((value) => lines(value, path, builder, depth + 1));
}
