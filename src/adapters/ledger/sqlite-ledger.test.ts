import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerClaimsContract } from '../../../test/contracts/ledger-claims.ts';
import { ledgerTablesContract } from '../../../test/contracts/ledger-tables.ts';
import { ledgerContract } from '../../../test/contracts/ledger.ts';
import { OWNER_A } from '../../../test/fakes/ctx.ts';
import { settingRow } from '../../../test/fakes/rows.ts';
import { openSqlite } from '../connections/sqlite-connection.ts';
import { openSqliteLedger } from './sqlite-ledger.ts';

ledgerContract('sqlite', (options) => openSqliteLedger({ path: ':memory:', ...options }));
ledgerTablesContract('sqlite', () => openSqliteLedger({ path: ':memory:', now: () => 0 }));
ledgerClaimsContract('sqlite', (options) => openSqliteLedger({ path: ':memory:', ...options }));

describe('sqlite ledger', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jiwa-ledger-'));
    path = join(folder, 'ledger.sqlite');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const open = () => openSqliteLedger({ path, now: () => 1_735_689_600_000 });

  it('keeps what was committed for the next who opens the file', async () => {
    const first = await open();
    await first.forOwner(OWNER_A, (tx) => tx.table('settings').insert(settingRow('k')));
    await first.close();
    const second = await open();
    expect(await second.forOwner(OWNER_A, (tx) => tx.table('settings').count())).toBe(1);
    await second.close();
  });

  it('shows a snapshot as it was when it began, while others write', async () => {
    const ledger = await open();
    const put = (key: string) =>
      ledger.forOwner(OWNER_A, (tx) => tx.table('settings').insert(settingRow(key)));
    await put('before');
    const counts = await ledger.snapshotOf(OWNER_A, async (reads) => {
      const first = await reads.table('settings').count();
      await put('meanwhile');
      return [
        first,
        await reads.table('settings').count(),
        await ledger.readsOf(OWNER_A).table('settings').count(),
      ];
    });
    expect(counts).toEqual([1, 1, 2]);
    await ledger.close();
  });

  it('leaves nothing of what was removed in its file', async () => {
    const ledger = await open();
    const row = { ...settingRow('k'), value: '"a title to be forgotten"' };
    await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').insert(row));
    await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').remove({ key: 'k' }));
    await ledger.close();
    expect((await readFile(path)).includes('to be forgotten')).toBe(false);
  });

  it('makes no backup of a ledger that is new or up to date', async () => {
    await (await open()).close();
    await (await open()).close();
    expect((await readdir(folder)).filter((name) => name !== 'ledger.sqlite')).toEqual([]);
  });

  it('refuses a ledger written by a newer Jiwa, naming both versions', async () => {
    await (await open()).close();
    const sqlite = await openSqlite({ path, setup: [] });
    await sqlite.run('insert into schema_version values (99, 0)');
    await sqlite.close();
    await expect(open()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/version 99.*up to \d/) as unknown,
    });
  });

  it('reads what was committed while a transaction is open', async () => {
    const ledger = await open();
    await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').insert(settingRow('k')));
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const writing = ledger.forOwner(OWNER_A, async (tx) => {
      await tx.table('settings').remove({ key: 'k' });
      begun.resolve();
      await over;
    });
    await begun.promise;
    expect(await ledger.readsOf(OWNER_A).table('settings').count()).toBe(1);
    end();
    await writing;
    expect(await ledger.readsOf(OWNER_A).table('settings').count()).toBe(0);
    await ledger.close();
    await expect(ledger.readsOf(OWNER_A).table('settings').count()).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('refuses transactions after it was closed', async () => {
    const ledger = await open();
    await ledger.close();
    await expect(ledger.system((tx) => tx.table('settings').count())).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
