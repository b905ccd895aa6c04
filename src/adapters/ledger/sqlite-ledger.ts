import { dirname, join } from 'node:path';
import { silentLog } from '../../core/context.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { type SqliteConnection, openSqlite } from '../connections/sqlite-connection.ts';
import type { SqliteValue } from '../connections/sqlite-messages.ts';
import { kyselyOver, type RunQuery, type Transact } from './kysely-over.ts';
import { type LedgerDriver, type LedgerOptions, ledgerOver } from './ledger-over.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { backUpSqlite } from './sqlite-backup.ts';
import { SQLITE_SYNTAX, sqliteTransactions } from './sqlite-transactions.ts';

export interface SqliteLedgerOptions extends LedgerOptions {
  /** The ledger's file; `:memory:` keeps it only as long as it is open. */
  readonly path: string;
}

/**
 * What resolved is on stable storage: WAL, synced at each commit (on macOS with its real sync). What was removed, such
 * as the title of a forgotten conversation, is overwritten.
 */
const SETUP = [
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA fullfsync = ON',
  'PRAGMA checkpoint_fullfsync = ON',
  // A deleted title leaves no trace in free pages.
  'PRAGMA secure_delete = ON',
  `PRAGMA journal_size_limit = ${64 * 1024 * 1024}`,
];

/**
 * Opens the ledger in an SQLite file and brings its schema up to date, after a backup into `backups/` beside the file.
 * Errors: `unsupported` (written by a newer Jiwa), `unavailable`, `storage-full`, `internal` (damaged).
 */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<Ledger> {
  const sqlite = await openSqlite({ path: options.path, setup: SETUP });
  const transact = sqliteTransactions(sqlite);
  try {
    await migrate(transact, {
      migrations: MIGRATIONS,
      now: options.now,
      log: options.log ?? silentLog,
      backup: (version) => backUp(sqlite, options, version),
    });
    // A database in memory has one connection, which reads between its transactions.
    if (options.path === ':memory:')
      return ledgerOver(
        driverOf({ transact, snapshot: transact }, oneByOne(sqlite, transact), [sqlite]),
        options,
      );
    const openReader = () => openSqlite({ path: options.path, setup: ['PRAGMA query_only = ON'] });
    const reading = await openReader();
    const transactions = { transact, snapshot: snapshots(openReader) };
    return ledgerOver(driverOf(transactions, runOn(reading), [reading, sqlite]), options);
  } catch (error) {
    await sqlite.close();
    throw error;
  }
}

function runOn(sqlite: SqliteConnection): RunQuery {
  return ({ sql, parameters }) => sqlite.run(sql, parameters as readonly SqliteValue[]);
}

function oneByOne(sqlite: SqliteConnection, transact: Transact): RunQuery {
  return (query) => transact(() => runOn(sqlite)(query));
}

function backUp(sqlite: SqliteConnection, options: SqliteLedgerOptions, version: number): Promise<string> {
  return backUpSqlite(sqlite, join(dirname(options.path), 'backups'), { version, now: options.now() });
}

/** Each has a connection of its own, since a transaction that goes on for long would hold up the reads of the others. */
function snapshots(openReader: () => Promise<SqliteConnection>): Transact {
  return async (work) => {
    const reader = await openReader();
    try {
      await reader.run('begin');
      return await work(kyselyOver(runOn(reader), SQLITE_SYNTAX));
    } finally {
      await reader.close();
    }
  };
}

function driverOf(
  { transact, snapshot }: { readonly transact: Transact; readonly snapshot: Transact },
  read: RunQuery,
  open: readonly SqliteConnection[],
): LedgerDriver {
  const readers = kyselyOver(read, SQLITE_SYNTAX);
  return {
    transact: (_ownerId, work) => transact(work),
    snapshot: (_ownerId, work) => snapshot(work),
    reads: () => readers,
    async close() {
      for (const connection of open) await connection.close();
    },
  };
}
