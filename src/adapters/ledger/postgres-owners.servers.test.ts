import { sql } from 'kysely';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWNER_A, OWNER_B } from '../../../test/fakes/ctx.ts';
import { settingRow } from '../../../test/fakes/rows.ts';
import { type TestDatabase, testDatabase } from '../../../test/servers/postgres-database.ts';
import { silentLog } from '../../core/context.ts';
import { openPostgresLedger } from './postgres-ledger.ts';
import { postgresPool } from './postgres-connections.ts';
import { preparePostgres } from './postgres-schema.ts';
import { postgresTransactions } from './postgres-transactions.ts';
import { PRIMARY_KEYS } from './primary-keys.ts';

describe('row-level security', () => {
  let database: TestDatabase;
  let role: string;
  let pool: Pool;
  beforeAll(async () => {
    database = await testDatabase();
    role = await preparePostgres(database.url, { now: () => 0, log: silentLog });
    pool = postgresPool(database, silentLog);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await database.empty();
    const ledger = await openPostgresLedger({ url: database.url, now: () => 0 });
    for (const owner of [OWNER_A, OWNER_B])
      await ledger.forOwner(owner, (tx) => tx.table('settings').insert(settingRow('k')));
    await ledger.close();
  });

  /** Plain SQL on the connection of an owner's transaction. */
  const said = (statement: string, owner: string | undefined = OWNER_A) =>
    postgresTransactions(pool, role).transact(owner, async (db) => {
      const { rows, numAffectedRows } = await sql<Record<string, unknown>>`${sql.raw(statement)}`.execute(db);
      return { rows, changed: Number(numAffectedRows) };
    });
  const valuesOf = async (owner: string) =>
    (await database.run('select value from settings where owner_id = $1', [owner])).map(({ value }) => value);

  it('holds every table of the ledger', async () => {
    const held =
      await database.run(`select c.relname as name, count(p.polname)::int as policies from pg_class as c
      join pg_policy as p on p.polrelid = c.oid where c.relrowsecurity group by c.relname`);
    const tables = Object.keys(PRIMARY_KEYS).map((name) =>
      name.replaceAll(/[A-Z]/g, (a) => `_${a.toLowerCase()}`),
    );
    expect(new Map(held.map(({ name, policies }) => [name, policies]))).toEqual(
      new Map(tables.map((name) => [name, 2])),
    );
  });

  it('shows only the owner’s rows to a query that forgets the where', async () => {
    expect((await said('select owner_id from settings')).rows).toEqual([{ owner_id: OWNER_A }]);
    const read = postgresTransactions(pool, role).reads(OWNER_A);
    expect(await read.selectFrom('settings').select('owner_id').execute()).toEqual([{ owner_id: OWNER_A }]);
  });

  it('changes and removes only the owner’s rows', async () => {
    expect((await said(`update settings set value = 'changed'`)).changed).toBe(1);
    expect(await valuesOf(OWNER_B)).toEqual(['"value"']);
    expect((await said('delete from settings')).changed).toBe(1);
    expect(await valuesOf(OWNER_B)).toEqual(['"value"']);
  });

  it.each([
    `insert into settings values ('${OWNER_B}', 'forged', '1', 0)`,
    `update settings set owner_id = '${OWNER_B}', key = 'moved'`,
  ])('refuses to give a row to another owner: %s', async (statement) => {
    await expect(said(statement)).rejects.toMatchObject({ code: 'unsupported' });
    expect(await valuesOf(OWNER_B)).toHaveLength(1);
  });

  it('shows all rows to a system transaction, and none where no owner is named', async () => {
    const system = await postgresTransactions(pool, role).transact(undefined, (db) =>
      db.selectFrom('settings').selectAll().execute(),
    );
    expect(system).toHaveLength(2);
    const client = await pool.connect();
    try {
      await client.query(`set role "${role}"`);
      expect((await client.query('select * from settings')).rows).toEqual([]);
    } finally {
      client.release(true);
    }
  });

  it.each([
    'alter table settings disable row level security',
    'drop table settings',
    'select * from schema_version',
  ])('lets the application’s role not %s', async (statement) => {
    await expect(said(statement)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('refuses to work as a role that nothing holds', async () => {
    await database.run(`alter role "${role}" bypassrls`);
    const opening = openPostgresLedger({ url: database.url, now: () => 0 });
    await expect(opening).rejects.toMatchObject({ code: 'unsupported' });
    await database.run(`alter role "${role}" nobypassrls`);
  });
});
