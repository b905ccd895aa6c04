import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../core/errors.ts';

/** 128 MB: only when `checkpoints` did not come by for so long does a commit wait for one. */
const LONGEST_LOG_PAGES = 16_384;

/**
 * Opens the file (made if missing) in WAL with `synchronous = NORMAL`: a killed process loses nothing that was
 * committed, a power cut at most the last commits. Deleted content is overwritten. Runs missing migrations, each in a
 * transaction, after a copy of the file to `<path>.before-v<version>`. Throws `unsupported` for a newer file.
 */
export function openDatabase(path: string, migrations: readonly string[]): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 5_000, enableDoubleQuotedStringLiterals: false });
  try {
    refuseNewer(db, migrations.length);
    db.exec(`
      PRAGMA page_size = 8192;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA secure_delete = ON;
      PRAGMA cache_size = -16000;
      PRAGMA wal_autocheckpoint = ${LONGEST_LOG_PAGES};
    `);
    migrate(db, path, migrations);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}

function refuseNewer(db: DatabaseSync, known: number): void {
  const found = versionOf(db);
  if (found <= known) return;
  throw new AppError(
    'unsupported',
    `The memory file has schema version ${found}; this version of Jiwa knows up to ${known}. Install the newer Jiwa.`,
    { details: { found, known } },
  );
}

function migrate(db: DatabaseSync, path: string, migrations: readonly string[]): void {
  const from = versionOf(db);
  if (from > 0 && from < migrations.length) backUp(db, `${path}.before-v${migrations.length}`);
  for (const [version, sql] of migrations.entries()) {
    if (version < from) continue;
    inTransaction(db, () => db.exec(`${sql}; PRAGMA user_version = ${version + 1};`));
  }
}

function backUp(db: DatabaseSync, target: string): void {
  rmSync(target, { force: true });
  db.prepare('VACUUM INTO ?').run(target);
}

/** Runs `work` in one write transaction; all of it or nothing is kept. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
