import { AsyncLocalStorage } from 'node:async_hooks';
import { dirname, join } from 'node:path';
import { CamelCasePlugin, Kysely } from 'kysely';
import { type Log, silentLog } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import type { JobRow } from '../../ports/ledger-rows.ts';
import type { DomainEvent, Ledger, NewJob } from '../../ports/ledger.ts';
import { type SqliteConnection, openSqlite } from '../connections/sqlite-connection.ts';
import { kyselySqliteDialect } from './kysely-sqlite-dialect.ts';
import { type TxParts, ownerTx, systemTx } from './ledger-tx.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { backUpSqlite } from './sqlite-backup.ts';
import type { Tables } from './where-clause.ts';

export interface SqliteLedgerOptions {
  /** The ledger's file; `:memory:` keeps it only as long as it is open. */
  readonly path: string;
  readonly now: () => number;
  /** Which jobs follow an event; they are queued in the transaction that announces it. Default: none. */
  readonly followers?: (event: DomainEvent) => readonly NewJob[];
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
  'PRAGMA secure_delete = ON',
  `PRAGMA journal_size_limit = ${64 * 1024 * 1024}`,
];

/**
 * Opens the ledger in an SQLite file and brings its schema up to date, after a backup into `backups/` beside the file.
 * Errors: `unsupported` (written by a newer Jiwa), `unavailable`, `storage-full`, `internal` (damaged).
 */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<Ledger> {
  const sqlite = await openSqlite({ path: options.path, setup: SETUP });
  const plain = new Kysely<Tables>({ dialect: kyselySqliteDialect(sqlite) });
  try {
    await migrate(plain, {
      migrations: MIGRATIONS,
      now: options.now,
      log: options.log ?? silentLog,
      backup: (version) => backUp(sqlite, options, version),
    });
  } catch (error) {
    await sqlite.close();
    throw error;
  }
  return ledgerOver(plain.withPlugin(new CamelCasePlugin()), sqlite, options);
}

function backUp(sqlite: SqliteConnection, options: SqliteLedgerOptions, version: number): Promise<string> {
  return backUpSqlite(sqlite, join(dirname(options.path), 'backups'), { version, now: options.now() });
}

function ledgerOver(db: Kysely<Tables>, sqlite: SqliteConnection, options: SqliteLedgerOptions): Ledger {
  const current = new AsyncLocalStorage<{ open: boolean }>();
  const transaction = async <T>(work: (parts: TxParts) => Promise<T>): Promise<T> => {
    // It would wait for itself: there is one writer.
    if (current.getStore()?.open) {
      throw new AppError('internal', 'A ledger transaction may not open another one.');
    }
    const queued: JobRow[] = [];
    const scope = { open: true };
    const parts = { now: 0, followers: options.followers ?? (() => []), queued };
    const result = await db.transaction().execute((tx) =>
      current
        .run(scope, () => work({ ...parts, db: tx, now: options.now() }))
        .finally(() => {
          scope.open = false;
        }),
    );
    if (queued.length > 0) options.onEnqueued?.(queued);
    return result;
  };
  return {
    forOwner: (ownerId, work) =>
      isUuid(ownerId)
        ? transaction((parts) => work(ownerTx(parts, ownerId)))
        : Promise.reject(new AppError('internal', 'The ledger expects an owner id that is a UUID.')),
    system: (work) => transaction((parts) => work(systemTx(parts))),
    close: () => sqlite.close(),
  };
}
