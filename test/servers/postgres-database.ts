import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { serverVariable } from './variables.ts';

/** A database of its own, whose address is that of its owner: a user that may make roles and is no superuser. */
export interface TestDatabase {
  readonly url: string;
  /** Runs a statement as the superuser, whom nothing holds back. */
  run(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Removes all rows of the ledger's tables. */
  empty(): Promise<void>;
  /** Ends every connection and takes none until `comeBack`, as a server that is down. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  /** Drops the database with its roles, whoever is connected. */
  drop(): Promise<void>;
}

const EMPTYING = `
  do $$ declare name text; begin
    for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity
    loop execute format('delete from %I', name); end loop;
  end $$`;

async function asSuperuser<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
  const url = new URL(serverVariable('JIWA_TEST_POSTGRES'));
  url.pathname = `/${database}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes an empty database on the server that `JIWA_TEST_POSTGRES` names; fails when it cannot be reached. */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `jiwa_test_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const password = randomUUID();
  await asSuperuser('postgres', async (client) => {
    await client.query(`create role ${name} login createrole password '${password}'`);
    // Another order of text than by byte.
    const locale = `template template0 locale_provider icu icu_locale 'en-US' locale 'C'`;
    await client.query(`create database ${name} owner ${name} ${locale}`);
  });
  const url = new URL(serverVariable('JIWA_TEST_POSTGRES'));
  url.pathname = `/${name}`;
  url.username = name;
  url.password = password;
  const run = (sql: string, values: readonly unknown[] = []) =>
    asSuperuser(
      name,
      async (client) => (await client.query(sql, [...values])).rows as Record<string, unknown>[],
    );
  return {
    url: url.href,
    run,
    empty: async () => {
      await run(EMPTYING);
    },
    goDown: () =>
      asSuperuser('postgres', async (client) => {
        await client.query(`alter database ${name} allow_connections false`);
        await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
          name,
        ]);
      }),
    comeBack: () =>
      asSuperuser('postgres', async (client) => {
        await client.query(`alter database ${name} allow_connections true`);
      }),
    async drop() {
      await asSuperuser('postgres', async (client) => {
        await client.query(`drop database ${name} with (force)`);
        await client.query(`drop role if exists ${name}_app`);
        await client.query(`drop role ${name}`);
      });
    },
  };
}
