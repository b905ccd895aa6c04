import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface LedgerRow {
  readonly table: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Where the apps of a test keep everything. */
export interface TestStores {
  /** What lets an app use them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every row of every table of the ledger, with every column. */
  ledgerRows(): Promise<readonly LedgerRow[]>;
  /** Throws the memory away; only while no app has it open. */
  wipeMemory(): Promise<void>;
  /** Throws them away. */
  drop(): Promise<void>;
}

/** The stores of the default: files of the data folder, which go with it. */
function fileStores(folder: string): TestStores {
  return {
    environment: {},
    async ledgerRows() {
      const database = new DatabaseSync(join(folder, 'ledger.sqlite'), { readOnly: true });
      try {
        const tables = database.prepare(`select name from sqlite_master where type = 'table'`).all();
        return tables.flatMap(({ name }) => {
          const rows = database.prepare(`select * from "${String(name)}"`).all();
          return rows.map((values) => ({ table: String(name), values }));
        });
      } finally {
        database.close();
      }
    },
    async wipeMemory() {
      for (const name of await readdir(folder)) {
        if (name.startsWith('memory.sqlite')) await rm(join(folder, name));
      }
    },
    async drop() {},
  };
}

/** Empty stores of the set-up that this run is about: `npm test` has files, `npm run test:servers` has servers. */
export async function newStores(folder: string): Promise<TestStores> {
  if (process.env['JIWA_TEST_SET_UP'] !== 'servers') return fileStores(folder);
  const { serverStores } = await import('../servers/server-stores.ts');
  return serverStores();
}
