import type { GraphStore } from '../../ports/graph-store.ts';
import { throwIfAborted } from '../connections/aborts.ts';
import { type SqliteConnection, openSqlite } from '../connections/sqlite-connection.ts';
import type { SqliteValue } from '../connections/sqlite-messages.ts';
import { graphStoreOver } from './graph-store-over.ts';
import type { GraphTable, Key, RowKind } from './graph-tables.ts';
import { restingSqlite } from './resting-sqlite.ts';
import { SETUP, migrate } from './sqlite-schema.ts';

export interface SqliteGraphStoreOptions {
  /** The SQLite file; made at the first call if missing, its folder must exist. */
  readonly path: string;
  /** Unused for so long the file is closed and its thread ended, till the next call. */
  readonly idleMs: number;
}

/** Written or removed in one statement, which is how long others wait. */
const BATCH_ITEMS = 200;
const REMOVED_AT_ONCE = 1_000;

const OF_KIND = 'owner_id = ? AND kind = ?';
const IDS = 'id IN (SELECT value FROM json_each(?))';
const HAS_KEY = `${OF_KIND} AND name = ? AND value IN (SELECT value FROM json_each(?))`;
const BY_STRENGTH = 'strength DESC, created_at DESC, id';
const STRONGEST = `id IN (
  SELECT id FROM (SELECT DISTINCT id, strength, created_at FROM graph_keys WHERE ${HAS_KEY}
  ORDER BY ${BY_STRENGTH} LIMIT ?)) ORDER BY ${BY_STRENGTH}`;
const PAGE = 'id > ? ORDER BY id LIMIT ?';
const PAGE_WITH_KEY = `id IN (SELECT id FROM graph_keys WHERE ${HAS_KEY}) AND ${PAGE}`;
const PUT = `
  INSERT OR REPLACE INTO graph_rows (owner_id, kind, id, strength, created_at, keys, body)
  SELECT ?, ?, value ->> 'id', value ->> 'strength', value ->> 'createdAt', value -> 'keys', value ->> 'body'
  FROM json_each(?)`;
const REMOVE_OWNER = `
  DELETE FROM graph_rows WHERE rowid IN (SELECT rowid FROM graph_rows WHERE owner_id = ? LIMIT ${REMOVED_AT_ONCE})`;

/**
 * The graph store in one SQLite file, in a thread that lives while it is used. Limits: one process a file. Errors:
 * `invalid-input`, `aborted`, `storage-full`, `unavailable` (thread died, file held or not writable), `unsupported` (file
 * of a newer version), `internal`.
 */
export function sqliteGraphStore({ path, idleMs }: SqliteGraphStoreOptions): GraphStore {
  const sqlite = restingSqlite({ open: () => openGraph(path), idleMs });
  const run = async (sql: string, params: readonly SqliteValue[], signal: AbortSignal) => {
    throwIfAborted(signal);
    return sqlite.run(sql, params);
  };
  return graphStoreOver({
    batchItems: BATCH_ITEMS,
    table: (ownerId, kind) => tableOf(run, ownerId, kind),
    async removeOwner(ownerId, signal) {
      while ((await run(REMOVE_OWNER, [ownerId], signal)).changes > 0);
    },
    close: () => sqlite.close(),
  });
}

async function openGraph(path: string): Promise<SqliteConnection> {
  const sqlite = await openSqlite({ path, setup: SETUP });
  try {
    await migrate(sqlite);
    return sqlite;
  } catch (error) {
    await sqlite.close();
    throw error;
  }
}

type Run = (
  sql: string,
  params: readonly SqliteValue[],
  signal: AbortSignal,
) => ReturnType<SqliteConnection['run']>;

function tableOf(run: Run, ownerId: string, kind: RowKind): GraphTable {
  const own = [ownerId, kind] as const;
  const bodies = async (rest: string, params: readonly SqliteValue[], signal: AbortSignal) => {
    const { rows } = await run(
      `SELECT body FROM graph_rows WHERE ${OF_KIND} AND ${rest}`,
      [...own, ...params],
      signal,
    );
    return rows.map(({ body }) => String(body));
  };
  const withKey = ({ name, values }: Key) => [...own, name, JSON.stringify(values)];
  return {
    put: async (rows, signal) => void (await run(PUT, [...own, JSON.stringify(rows)], signal)),
    byIds: (ids, signal) => bodies(IDS, [JSON.stringify(ids)], signal),
    strongest: (key, limit, signal) => bodies(STRONGEST, [...withKey(key), limit], signal),
    page: ({ after, limit, key }, signal) =>
      key === undefined
        ? bodies(PAGE, [after, limit], signal)
        : bodies(PAGE_WITH_KEY, [...withKey(key), after, limit], signal),
    remove: async (ids, signal) =>
      void (await run(
        `DELETE FROM graph_rows WHERE ${OF_KIND} AND ${IDS}`,
        [...own, JSON.stringify(ids)],
        signal,
      )),
    async count(signal) {
      const { rows } = await run(`SELECT count(*) AS n FROM graph_rows WHERE ${OF_KIND}`, own, signal);
      return Number(rows[0]?.['n']);
    },
  };
}
