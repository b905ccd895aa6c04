import { openPostgresLedger } from '../adapters/ledger/postgres-ledger.ts';
import { openSqliteLedger, type SqliteLedgerOptions } from '../adapters/ledger/sqlite-ledger.ts';
import type { Config } from '../config.ts';
import type { Ledger } from '../ports/ledger.ts';

/** The ledger in the database that the configuration names, else in a file. */
export function openLedger(database: Config['database'], options: SqliteLedgerOptions): Promise<Ledger> {
  return database === undefined ? openSqliteLedger(options) : openPostgresLedger({ ...options, ...database });
}
