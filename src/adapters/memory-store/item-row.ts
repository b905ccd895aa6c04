import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { MemoryItem } from '../../ports/memory-store.ts';
import { kindCode, kindOf, roleCode, roleOf } from './codes.ts';

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

const restSchema = z.object({
  s3Path: z.string().exactOptional(),
  validFrom: z.number().exactOptional(),
  validTo: z.number().exactOptional(),
  tags: z.array(z.string()),
  entities: z.array(z.string()),
  heading: z.string().exactOptional(),
  page: z.number().exactOptional(),
  start: z.number().exactOptional(),
  end: z.number().exactOptional(),
  filename: z.string().exactOptional(),
  contentType: z.string().exactOptional(),
  credibility: z.number().exactOptional(),
  effectiveness: z.number().exactOptional(),
  strategy: z.string().exactOptional(),
  derivedFrom: z.array(z.string()),
  sources: z.array(z.string()),
  analyserVersion: z.number(),
  version: z.number(),
});

type Rest = z.infer<typeof restSchema>;
/** What no column holds: every other field of an item must be named here, or this does not compile. */
type RestFields = Omit<MemoryItem, keyof IndexRow | 'text'>;

/** The fields of an item that have no column of their own, as JSON. */
export function restOf(item: MemoryItem): string {
  const rest: { [K in keyof Required<RestFields>]: RestFields[K] } = {
    s3Path: item.s3Path,
    validFrom: item.validFrom,
    validTo: item.validTo,
    tags: item.tags,
    entities: item.entities,
    heading: item.heading,
    page: item.page,
    start: item.start,
    end: item.end,
    filename: item.filename,
    contentType: item.contentType,
    credibility: item.credibility,
    effectiveness: item.effectiveness,
    strategy: item.strategy,
    derivedFrom: item.derivedFrom,
    sources: item.sources,
    analyserVersion: item.analyserVersion,
    version: item.version,
  };
  return JSON.stringify(rest);
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
  const rest: Rest = restSchema.parse(JSON.parse(row['rest'] as string));
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
    ...rest,
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
