import {
  type CompiledQuery,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { AppError } from '../../core/errors.ts';
import type { SqliteResult } from '../connections/sqlite-messages.ts';
import type { Tables } from './where-clause.ts';

/** Runs one statement. */
export type RunQuery = (query: CompiledQuery) => Promise<SqliteResult>;

function driverOver(run: RunQuery): Driver {
  const connection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, changes } = await run(query);
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    },
    streamQuery() {
      throw new AppError('internal', 'The ledger reads rows in pages, not as a stream.');
    },
  };
  const notHere = async () => {
    throw new AppError('internal', 'Transactions of the ledger are begun by the ledger.');
  };
  return {
    async init() {},
    acquireConnection: async () => connection,
    beginTransaction: notHere,
    commitTransaction: notHere,
    rollbackTransaction: notHere,
    async releaseConnection() {},
    async destroy() {},
  };
}

/**
 * Kysely as the writer of SQL alone. Queries that are made together travel together: Kysely's own transactions would let
 * each wait for the one before.
 */
export function kyselyOver(run: RunQuery): Kysely<Tables> {
  return new Kysely({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => driverOver(run),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}
