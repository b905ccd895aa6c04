import { AppError } from '../../core/errors.ts';
import type { SqliteConnection } from '../connections/sqlite-connection.ts';

/**
 * The statements of each version of the graph file; `PRAGMA user_version` counts the versions that ran. Never change one
 * that was released, add one. A trigger writes the keys of a row, so that one statement writes all of a batch;
 * keys repeat what rows are ordered by, so that of thousands only the best are read. The primary key of
 * the keys begins with their row: by another index SQLite would look through all keys of an owner to remove one row's.
 */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE graph_rows (
      owner_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      strength INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      keys TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (owner_id, kind, id)
    )`,
    `CREATE TABLE graph_keys (
      owner_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      strength INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (owner_id, kind, id, name, value),
      FOREIGN KEY (owner_id, kind, id) REFERENCES graph_rows ON DELETE CASCADE
    ) WITHOUT ROWID`,
    'CREATE INDEX graph_keys_value ON graph_keys (owner_id, kind, name, value, id, strength, created_at)',
    `CREATE TRIGGER graph_rows_put AFTER INSERT ON graph_rows BEGIN
      INSERT INTO graph_keys (owner_id, kind, name, value, id, strength, created_at)
      SELECT new.owner_id, new.kind, of_name.key, one.value, new.id, new.strength, new.created_at
      FROM json_each(new.keys) AS of_name, json_each(of_name.value) AS one;
    END`,
  ],
];

/** Run when the file is opened. The graph can be made anew, so no commit waits for the disk; what is deleted is overwritten. */
export const SETUP = [
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = NORMAL',
  'PRAGMA secure_delete = ON',
  'PRAGMA cache_size = -16000',
] as const;

/** Brings the file to this version. Throws `unsupported` for a newer one. */
export async function migrate(sqlite: SqliteConnection): Promise<void> {
  const known = MIGRATIONS.length;
  const found = Number((await sqlite.run('PRAGMA user_version')).rows[0]?.['user_version']);
  if (found > known) {
    throw new AppError(
      'unsupported',
      `The graph file has schema version ${found}; this version of Jiwa knows up to ${known}. Install the newer Jiwa.`,
    );
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < found) continue;
    const version = `PRAGMA user_version = ${index + 1}`;
    for (const [place, sql] of [...statements, version, 'commit'].entries())
      await sqlite.run(sql, [], place === 0 ? 'begins' : 'within');
  }
}
