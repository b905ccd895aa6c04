import { chmod, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqliteConnection } from '../connections/sqlite-connection.ts';

/**
 * Writes a whole, consistent copy of the open ledger into `folder` and gives its path:
 * `ledger-v<schema version>-<UTC time>.sqlite`, on stable storage.
 */
export async function backUpSqlite(
  sqlite: SqliteConnection,
  folder: string,
  label: { readonly version: number; readonly now: number },
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const time = new Date(label.now).toISOString().replaceAll(/[:.]/g, '-');
  const path = join(folder, `ledger-v${label.version}-${time}.sqlite`);
  await sqlite.run('vacuum into ?', [path]);
  await chmod(path, 0o600);
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}
