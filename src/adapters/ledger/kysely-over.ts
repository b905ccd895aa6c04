import { type CompiledQuery, type Dialect, type Driver, Kysely, type QueryResult } from 'kysely';
import { AppError } from '../../core/errors.ts';
import type { Tables } from './where-clause.ts';

export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Rows inserted, changed or removed; 0 for a query. */
  readonly changes: number;
}

/** Runs one statement. */
export type RunQuery = (query: CompiledQuery) => Promise<StatementResult>;

/** How SQL is written for a database. */
export type Syntax = Omit<Dialect, 'createDriver'>;

/** Does work in one transaction: all of it is kept, or nothing when it throws. */
export type Transact = <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;

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
export function kyselyOver(run: RunQuery, syntax: Syntax): Kysely<Tables> {
  return new Kysely({ dialect: { ...syntax, createDriver: () => driverOver(run) } });
}
