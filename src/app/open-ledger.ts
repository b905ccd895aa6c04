import { openSqliteLedger, type SqliteLedgerOptions } from '../adapters/ledger/sqlite-ledger.ts';
import type { Config } from '../config.ts';
import type { Ledger } from '../ports/ledger.ts';

/** The ledger in the database that the configuration names, else in a file. */
export async function openLedger(
  database: Config['database'],
  options: SqliteLedgerOptions,
): Promise<Ledger> {
  if (database === undefined) return openSqliteLedger(options);
  // Its client takes memory and time to load, which a start without it must not pay.
  const { openPostgresLedger } = await import('../adapters/ledger/postgres-ledger.ts');
  return openPostgresLedger({ ...options, ...database });
}
