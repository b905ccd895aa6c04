import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { AppError } from '../../core/errors.ts';
import type { SqliteConnection } from '../connections/sqlite-connection.ts';
import type { SqliteValue } from '../connections/sqlite-messages.ts';
import { type FairMutex, fairMutex } from './fair-mutex.ts';

/** Kysely over one SQLite connection: one user at a time, in the order of asking; transactions begin IMMEDIATE. */
export function kyselySqliteDialect(sqlite: SqliteConnection): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => sqliteDriver(sqlite, fairMutex()),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** The one connection, lent to one user until it is given back. */
interface LentConnection extends DatabaseConnection {
  /** From here on statements of this user are refused, so none that was not awaited runs outside its transaction. */
  refuse(): void;
  giveBack(): void;
}

function lend(sqlite: SqliteConnection, giveBack: () => void): LentConnection {
  let refused = false;
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      if (refused) throw new AppError('internal', 'A ledger transaction was used after its end.');
      const result = await sqlite.run(sql, parameters as readonly SqliteValue[]);
      return { rows: result.rows as R[], numAffectedRows: BigInt(result.changes) };
    },
    streamQuery() {
      throw new AppError('internal', 'The ledger reads rows in pages, not as a stream.');
    },
    refuse() {
      refused = true;
    },
    giveBack,
  };
}

function sqliteDriver(sqlite: SqliteConnection, mutex: FairMutex): Driver {
  const lent = (connection: DatabaseConnection) => connection as LentConnection;
  const end = async (connection: DatabaseConnection, statement: 'commit' | 'rollback') => {
    lent(connection).refuse();
    await sqlite.run(statement);
  };
  return {
    async init() {},
    async acquireConnection() {
      return lend(sqlite, await mutex.acquire());
    },
    async beginTransaction(connection) {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    },
    commitTransaction: (connection) => end(connection, 'commit'),
    async rollbackTransaction(connection) {
      try {
        await end(connection, 'rollback');
      } catch {
        // SQLite has rolled back by itself after a full or failing disk; the error that led here is the one to tell.
      }
    },
    async releaseConnection(connection) {
      lent(connection).giveBack();
    },
    destroy: () => sqlite.close(),
  };
}
