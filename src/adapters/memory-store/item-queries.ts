import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AppError } from '../../core/errors.ts';
import type { ItemFilter, ItemPage, MemoryItem, PlaceRange } from '../../ports/memory-store.ts';
import { kindCode } from './codes.ts';
import { filterSql } from './filter-sql.ts';
import { itemOf } from './item-row.ts';

export type ItemQueries = ReturnType<typeof itemQueries>;

interface Page {
  readonly limit: number;
  readonly after?: string;
}

const WHOLE = 'SELECT i.*, b.text, b.rest FROM items i JOIN bodies b ON b.n = i.n';
const PLACES = `i.kind IN (${kindCode('message')}, ${kindCode('chunk')})`;

/** What is read by filter or by place; the statements depend on the filter, so they are prepared when needed. */
export function itemQueries(db: DatabaseSync) {
  const prepared = new Map<string, StatementSync>();
  /** Kept, as every recall reads places; a session, a document, both or none make four at most. */
  const placesWhere = (sql: string) => {
    const statement =
      prepared.get(sql) ??
      db.prepare(
        `${WHOLE} WHERE ${sql} AND ${PLACES} AND i.position BETWEEN ? AND ? ORDER BY i.position, i.id`,
      );
    prepared.set(sql, statement);
    return statement;
  };
  return {
    count(ownerNo: number, filter: ItemFilter): number {
      const { sql, params } = filterSql(ownerNo, filter);
      const row = db.prepare(`SELECT count(*) AS items FROM items i WHERE ${sql}`).get(...params);
      return row?.['items'] as number;
    },
    /** The numbers of all items that match. */
    numbers(ownerNo: number, filter: ItemFilter): number[] {
      const { sql, params } = filterSql(ownerNo, filter);
      const statement = db.prepare(`SELECT i.n FROM items i WHERE ${sql}`);
      statement.setReturnArrays(true);
      return (statement.all(...params) as unknown as [number][]).map(([n]) => n);
    },
    /** Newest first, equal times by id. */
    list(ownerNo: number, filter: ItemFilter, page: Page): ItemPage {
      const { sql, params } = filterSql(ownerNo, filter);
      const after = page.after === undefined ? undefined : cursorOf(page.after);
      const where = after ? `${sql} AND i.time <= ? AND (i.time < ? OR i.id > ?)` : sql;
      const rows = db
        .prepare(`${WHOLE} WHERE ${where} ORDER BY i.time DESC, i.id LIMIT ?`)
        .all(...params, ...(after ? [after.time, after.time, after.id] : []), page.limit + 1);
      const items = rows.slice(0, page.limit).map(itemOf);
      const last = items.at(-1);
      return rows.length > page.limit && last ? { items, next: cursorTo(last) } : { items };
    },
    at: (ownerNo: number, range: PlaceRange): MemoryItem[] => {
      const { sql, params } = filterSql(ownerNo, {
        ...(range.sessionId === undefined ? {} : { sessionIds: [range.sessionId] }),
        ...(range.documentId === undefined ? {} : { documentIds: [range.documentId] }),
      });
      return placesWhere(sql)
        .all(...params, range.from, range.to)
        .map(itemOf);
    },
  };
}

const cursorTo = (item: MemoryItem) => `${item.eventTime ?? item.createdAt}:${item.id}`;

function cursorOf(after: string): { time: number; id: string } {
  const colon = after.indexOf(':');
  const time = colon > 0 ? Number(after.slice(0, colon)) : Number.NaN;
  if (!Number.isFinite(time)) {
    throw new AppError('invalid-input', 'Expected `after` to be the `next` of an earlier page.');
  }
  return { time, id: after.slice(colon + 1) };
}
