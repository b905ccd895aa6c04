import type { Kysely, OnConflictBuilder } from 'kysely';
import { batches } from '../../core/bounded.ts';
import { AppError } from '../../core/errors.ts';
import type { LedgerTables } from '../../ports/ledger-rows.ts';
import type { ListQuery, Table } from '../../ports/ledger.ts';
import { PRIMARY_KEYS } from './primary-keys.ts';
import { type Builder, type Tables, whereClause } from './where-clause.ts';

/** Rows of one insert: far below the limit of bound values (32,766), and few different statements to prepare. */
const ROWS_PER_INSERT = 100;

type Row = Record<string, unknown>;
type Rows = Row | readonly Row[];

/**
 * One ledger table over Kysely. With an owner every read and write is held to that owner's rows: the condition is added
 * here and the column is filled in here, whatever the caller gave.
 */
export function ledgerTable(
  db: Kysely<Tables>,
  name: keyof LedgerTables,
  ownerId: string | undefined,
): Table<Row> {
  const owned = ownerId === undefined ? {} : { ownerId };
  const held = (where: Row = {}) => {
    return (eb: Builder) => eb.and([whereClause(eb, owned), whereClause(eb, where)]);
  };
  const list = (query: ListQuery<Row> = {}) => {
    let rows = db.selectFrom(name).selectAll().where(held(query.where));
    for (const [column, direction] of query.orderBy ?? []) rows = rows.orderBy(column, direction);
    // An offset needs a limit in SQLite.
    if (query.limit !== undefined || query.offset) rows = rows.limit(query.limit ?? Number.MAX_SAFE_INTEGER);
    if (query.offset) rows = rows.offset(query.offset);
    return rows.execute();
  };
  const write = async (rows: readonly Row[], replace: boolean) => {
    const key = PRIMARY_KEYS[name];
    for (const batch of batches(replace ? lastOfEachKey(rows, key) : rows, ROWS_PER_INSERT)) {
      const insert = db.insertInto(name).values(batch);
      await (replace ? insert.onConflict((conflict) => replaced(conflict, batch, key)) : insert).execute();
    }
  };
  const filled = (rows: Rows) => listOf(rows).map((row) => ({ ...row, ...owned }));
  return {
    list,
    get: async (where) => (await list({ where, limit: 1 }))[0],
    async count(where) {
      const counted = db.selectFrom(name).select((eb) => eb.fn.countAll().as('rows'));
      const row = await counted.where(held(where)).executeTakeFirst();
      return Number(row?.rows ?? 0);
    },
    insert: (rows) => write(filled(rows), false),
    upsert: (rows) => write(filled(rows), true),
    async update(where, patch) {
      if (ownerId !== undefined && 'ownerId' in patch) throw rowsMoved();
      if (Object.keys(patch).length === 0) return 0;
      const done = await db.updateTable(name).set(patch).where(held(where)).executeTakeFirst();
      return Number(done.numUpdatedRows);
    },
    async remove(where) {
      const done = await db.deleteFrom(name).where(held(where)).executeTakeFirst();
      return Number(done.numDeletedRows);
    },
  };
}

function listOf(rows: Rows): readonly Row[] {
  return Array.isArray(rows) ? (rows as readonly Row[]) : [rows as Row];
}

/** PostgreSQL refuses to replace a row twice in one statement. */
function lastOfEachKey(rows: readonly Row[], key: readonly string[]): readonly Row[] {
  const byKey = new Map(rows.map((row) => [JSON.stringify(key.map((column) => row[column])), row]));
  return byKey.size === rows.length ? rows : [...byKey.values()];
}

function replaced(conflict: OnConflictBuilder<Tables, string>, rows: readonly Row[], key: readonly string[]) {
  const columns = new Set(rows.flatMap((row) => Object.keys(row)));
  const changing = [...columns].filter((column) => !key.includes(column));
  const target = conflict.columns([...key]);
  if (changing.length === 0) return target.doNothing();
  return target.doUpdateSet((eb) =>
    Object.fromEntries(changing.map((column) => [column, eb.ref(`excluded.${column}`)])),
  );
}

function rowsMoved(): AppError {
  return new AppError('internal', "An owner's transaction cannot move rows to another owner.");
}
