import { AsyncLocalStorage } from 'node:async_hooks';
import { dirname, join } from 'node:path';
import { CamelCasePlugin } from 'kysely';
import { type Log, silentLog } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import type { JobRow } from '../../ports/ledger-rows.ts';
import type { DomainEvent, Ledger, NewJob } from '../../ports/ledger.ts';
import { type SqliteConnection, openSqlite } from '../connections/sqlite-connection.ts';
import type { SqliteValue } from '../connections/sqlite-messages.ts';
import { kyselyOver, type RunQuery } from './kysely-over.ts';
import { ownerTx, readsOver, systemTx, type TxParts } from './ledger-tx.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { backUpSqlite } from './sqlite-backup.ts';
import { sqliteTransactions, type Transact } from './sqlite-transactions.ts';

export interface SqliteLedgerOptions {
  /** The ledger's file; `:memory:` keeps it only as long as it is open. */
  readonly path: string;
  readonly now: () => number;
  /** Which jobs follow an event; they are queued in the transaction that announces it. Default: none. */
  readonly followers?: (event: DomainEvent, now: number) => readonly NewJob[];
  /** Told after each commit that queued jobs. */
  readonly onEnqueued?: (jobs: readonly JobRow[]) => void;
  readonly log?: Log;
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
      return ledgerOver({ transact, read: oneByOne(sqlite, transact), open: [sqlite] }, options);
    const reading = await openSqlite({ path: options.path, setup: ['PRAGMA query_only = ON'] });
    return ledgerOver({ transact, read: runOn(reading), open: [reading, sqlite] }, options);
  } catch (error) {
    await sqlite.close();
    throw error;
  }
}

/** What a ledger works with: who reads waits for no writer where both have a connection of their own. */
interface Connections {
  readonly transact: Transact;
  readonly read: RunQuery;
  readonly open: readonly SqliteConnection[];
}

function runOn(sqlite: SqliteConnection): RunQuery {
  return ({ sql, parameters }) => sqlite.run(sql, parameters as readonly SqliteValue[]);
}

function oneByOne(sqlite: SqliteConnection, transact: Transact): RunQuery {
  return (query) => transact(() => runOn(sqlite)(query));
}

const CAMEL_CASE = new CamelCasePlugin();

function expectOwner(ownerId: string): string {
  if (isUuid(ownerId)) return ownerId;
  throw new AppError('internal', 'The ledger expects an owner id that is a UUID.');
}

function backUp(sqlite: SqliteConnection, options: SqliteLedgerOptions, version: number): Promise<string> {
  return backUpSqlite(sqlite, join(dirname(options.path), 'backups'), { version, now: options.now() });
}

function ledgerOver({ transact, read, open }: Connections, options: SqliteLedgerOptions): Ledger {
  const readers = kyselyOver(read).withPlugin(CAMEL_CASE);
  const current = new AsyncLocalStorage<{ open: boolean }>();
  const transaction = async <T>(work: (parts: TxParts) => Promise<T>): Promise<T> => {
    // It would wait for itself: there is one writer.
    if (current.getStore()?.open) {
      throw new AppError('internal', 'A ledger transaction may not open another one.');
    }
    const queued: JobRow[] = [];
    const scope = { open: true };
    const parts = { now: 0, followers: options.followers ?? (() => []), queued };
    const result = await transact((db) =>
      current
        .run(scope, () => work({ ...parts, db: db.withPlugin(CAMEL_CASE), now: options.now() }))
        .finally(() => {
          scope.open = false;
        }),
    );
    if (queued.length > 0) options.onEnqueued?.(queued);
    return result;
  };
  const reads = (ownerId?: string) => {
    if (current.getStore()?.open)
      throw new AppError('internal', 'Inside a ledger transaction, read by the transaction.');
    return readsOver(readers, ownerId);
  };
  return {
    forOwner: async (ownerId, work) => transaction((parts) => work(ownerTx(parts, expectOwner(ownerId)))),
    system: (work) => transaction((parts) => work(systemTx(parts))),
    readsOf: (ownerId) => reads(expectOwner(ownerId)),
    systemReads: () => reads(),
    async close() {
      for (const connection of open) await connection.close();
    },
  };
}
