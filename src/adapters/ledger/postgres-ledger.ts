import { silentLog } from '../../core/context.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { type LedgerOptions, ledgerOver } from './ledger-over.ts';
import { type PostgresOptions, postgresPool } from './postgres-connections.ts';
import { preparePostgres } from './postgres-schema.ts';
import { postgresTransactions } from './postgres-transactions.ts';

export type PostgresLedgerOptions = LedgerOptions & PostgresOptions;

/**
 * Opens the ledger in a PostgreSQL database (15 or newer) and brings its schema up to date; any number of processes may
 * have it open. Errors: `unsupported` (written by a newer Jiwa, or a right is missing), `unavailable`.
 */
export async function openPostgresLedger(options: PostgresLedgerOptions): Promise<Ledger> {
  const log = options.log ?? silentLog;
  const role = await preparePostgres(options.url, { now: options.now, log });
  const pool = postgresPool(options, log);
  let closed: Promise<void> | undefined;
  return ledgerOver({ ...postgresTransactions(pool, role), close: () => (closed ??= pool.end()) }, options);
}
