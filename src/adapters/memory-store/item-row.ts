import type { SQLOutputValue } from 'node:sqlite';
import type { MemoryItem } from '../../ports/memory-store.ts';
import { kindCode, kindOf, roleCode, roleOf } from './codes.ts';
import { readRest } from './item-rest.ts';

/** What an index keeps of an item, as it is stored: kinds and roles as codes, `null` where absent. */
export interface IndexRow {
  /** The number of the item in the file. */
  readonly n: number;
  readonly id: string;
  readonly kind: number;
  readonly sessionId: string | null;
  readonly documentId: string | null;
  readonly parentId: string | null;
  readonly position: number;
  readonly role: number | null;
  readonly author: string | null;
  readonly createdAt: number;
  readonly eventTime: number | null;
  readonly language: string | null;
  readonly asks: number;
  readonly trust: number;
  readonly terms: string;
}

/** Columns of `items` that an item fills, in the order of `columnsOf`. */
export const ITEM_COLUMNS = [
  'kind',
  'session_id',
  'document_id',
  'parent_id',
  'position',
  'role',
  'author',
  'created_at',
  'event_time',
  'time',
  'language',
  'asks',
  'trust',
] as const;

/** The values of `ITEM_COLUMNS`; `time` is what filters and orders look at. */
export function columnsOf(item: MemoryItem): (string | number | null)[] {
  const row = indexRowOf(0, item);
  return [
    row.kind,
    row.sessionId,
    row.documentId,
    row.parentId,
    row.position,
    row.role,
    row.author,
    row.createdAt,
    row.eventTime,
    row.eventTime ?? row.createdAt,
    row.language,
    row.asks,
    row.trust,
  ];
}

type Row = Readonly<Record<string, SQLOutputValue>>;

/** Drops what is absent: `null` of the database and `undefined`. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], null | undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as {
    [K in keyof T]?: Exclude<T[K], null | undefined>;
  };
}

/** A whole item, from a row with the columns of `items` and `bodies`. */
export function itemOf(row: Row): MemoryItem {
  return {
    id: row['id'] as string,
    kind: kindOf(row['kind'] as number),
    terms: row['terms'] as string,
    position: row['position'] as number,
    createdAt: row['created_at'] as number,
    asks: row['asks'] === 1,
    trust: row['trust'] as MemoryItem['trust'],
    ...present({
      text: row['text'] as string | null,
      sessionId: row['session_id'] as string | null,
      documentId: row['document_id'] as string | null,
      parentId: row['parent_id'] as string | null,
      role: roleOf(row['role'] as number),
      author: row['author'] as string | null,
      eventTime: row['event_time'] as number | null,
      language: row['language'] as string | null,
    }),
    ...readRest(row['rest'] as string),
  };
}

/** What an index keeps of an item that was just written as number `n`. */
export function indexRowOf(n: number, item: MemoryItem): IndexRow {
  return {
    n,
    id: item.id,
    kind: kindCode(item.kind),
    sessionId: item.sessionId ?? null,
    documentId: item.documentId ?? null,
    parentId: item.parentId ?? null,
    position: item.position,
    role: roleCode(item.role) || null,
    author: item.author ?? null,
    createdAt: item.createdAt,
    eventTime: item.eventTime ?? null,
    language: item.language ?? null,
    asks: item.asks ? 1 : 0,
    trust: item.trust,
    terms: item.terms,
  };
}
