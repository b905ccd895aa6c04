import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../core/context.ts';
import { type SqliteConnection, openSqlite } from '../connections/sqlite-connection.ts';
import { MIGRATIONS, type Migration, migrate } from './migrations.ts';
import { PRIMARY_KEYS } from './primary-keys.ts';
import { backUpSqlite } from './sqlite-backup.ts';
import { sqliteTransactions } from './sqlite-transactions.ts';

const addTable = (version: number, table: string): Migration => ({
  version,
  name: table,
  up: (db) => db.schema.createTable(table).addColumn('id', 'text').execute(),
});

describe('migrations', () => {
  let folder: string;
  let sqlite: SqliteConnection;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jiwa-migrations-'));
    sqlite = await openSqlite({ path: join(folder, 'ledger.sqlite'), setup: [] });
  });
  afterEach(async () => {
    await sqlite.close();
    await rm(folder, { recursive: true, force: true });
  });

  const backups = join('backups');
  const bring = (...migrations: Migration[]) =>
    migrate(sqliteTransactions(sqlite), {
      migrations,
      now: () => 0,
      log: silentLog,
      backup: (version) => backUpSqlite(sqlite, join(folder, backups), { version, now: 0 }),
    });
  const tables = async () =>
    (await sqlite.run("select name from sqlite_master where type = 'table' order by name")).rows.map(
      ({ name }) => name,
    );

  it('runs each step once, in order', async () => {
    await bring(addTable(1, 'one'));
    await bring(addTable(1, 'one'), addTable(2, 'two'));
    expect(await tables()).toEqual(['one', 'schema_version', 'two']);
  });

  it('copies a database that has content as it was before the step', async () => {
    await bring(addTable(1, 'one'));
    await sqlite.run("insert into one values ('kept')");
    await bring(addTable(1, 'one'), addTable(2, 'two'));
    expect(await readdir(join(folder, backups))).toEqual(['ledger-v1-1970-01-01T00-00-00-000Z.sqlite']);
    const copy = await openSqlite({
      path: join(folder, backups, 'ledger-v1-1970-01-01T00-00-00-000Z.sqlite'),
      setup: [],
    });
    expect((await copy.run('select id from one')).rows).toEqual([{ id: 'kept' }]);
    await expect(copy.run('select * from two')).rejects.toMatchObject({ code: 'internal' });
    await copy.close();
  });

  it('leaves the schema as it was when a step fails', async () => {
    await bring(addTable(1, 'one'));
    const broken: Migration = {
      version: 2,
      name: 'broken',
      async up(step) {
        await step.schema.createTable('half').addColumn('id', 'text').execute();
        await sql`select * from missing`.execute(step);
      },
    };
    await expect(bring(addTable(1, 'one'), broken)).rejects.toMatchObject({ code: 'internal' });
    expect(await tables()).toEqual(['one', 'schema_version']);
  });

  it('takes the titles of sessions that exist for a person’s, and makes new ones by rule', async () => {
    await bring(...MIGRATIONS.slice(0, 1));
    for (const [id, title] of [
      ['named', 'Boat trip'],
      ['new', ''],
    ])
      await sqlite.run(
        `insert into chat_sessions values ('o', ?, 'u', ?, null, '', 0, 0, 0, 0, 0, 'chat', null)`,
        [id ?? '', title ?? ''],
      );
    await bring(...MIGRATIONS);
    const { rows } = await sqlite.run('select id, titled_by, leaf_id from chat_sessions order by id');
    expect(rows).toEqual([
      { id: 'named', titled_by: 'person', leaf_id: null },
      { id: 'new', titled_by: 'rule', leaf_id: null },
    ]);
  });

  it('makes every table of the ledger with a primary key that starts with the owner', async () => {
    await bring(...MIGRATIONS);
    for (const [table, key] of Object.entries(PRIMARY_KEYS)) {
      const name = snake(table);
      const { rows } = await sqlite.run('select name from pragma_table_info(?) where pk > 0 order by pk', [
        name,
      ]);
      expect([table, ...rows.map((row) => row['name'])]).toEqual([table, ...key.map(snake)]);
    }
  });

  it('finds the next job by an index that has the order of claims, without sorting', async () => {
    await bring(...MIGRATIONS);
    const { rows } = await sqlite.run(
      `explain query plan select * from jobs where status = ? and queue = ? and run_at <= ?
       order by priority, run_at, id limit 1`,
      ['queued', 'light', 1],
    );
    expect(rows.map((row) => row['detail'])).toEqual([expect.stringContaining('USING INDEX jobs_claim')]);
  });

  it('uses only statements and column types that PostgreSQL has too', async () => {
    const statements: string[] = [];
    const postgres = new Kysely<unknown>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (target) => new PostgresIntrospector(target),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
      log(event) {
        statements.push(event.query.sql);
      },
    });
    for (const step of MIGRATIONS) await step.up(postgres);
    const types = statements
      .filter((statement) => statement.startsWith('create table'))
      .flatMap((statement) =>
        [...statement.matchAll(/"\w+" (\w+)( not null)?[,)]/g)].map(([, type]) => type),
      );
    expect(types.length).toBeGreaterThan(80);
    expect(new Set(types)).toEqual(new Set(['bigint', 'integer', 'text']));
  });
});

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
