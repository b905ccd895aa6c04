import type { Client } from 'pg';
import { type Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { kyselyOver, type Transact } from './kysely-over.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { ownConnection, runOn } from './postgres-connections.ts';
import { holdToOwners } from './postgres-owners.ts';
import { POSTGRES_SYNTAX } from './postgres-syntax.ts';

/** Names the lock of those who change the schema, among the advisory locks of the database. */
const SCHEMA_LOCK = 5_174_110;

/** A worker whose clock is ahead of the others' by a lease (30 s) would take jobs that run. */
const MOST_APART_MS = 5_000;

function transactionsOf(client: Client): Transact {
  const db = kyselyOver((query) => runOn(client, query), POSTGRES_SYNTAX);
  return async (work) => {
    await client.query('begin');
    try {
      const result = await work(db);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  };
}

/**
 * Brings the schema up to date as the user of the address, who owns it; of several that start at once one does it and
 * the others wait. Gives the role to work as. Errors: `unsupported` (written by a newer Jiwa, a right is missing, commits
 * are not waited for), `unavailable`.
 */
export function preparePostgres(url: string, options: { now: () => number; log: Log }): Promise<string> {
  return ownConnection(url, async (client) => {
    const { rows } = await client.query<{ readonly set: string; readonly at: number }>(
      "select current_setting('synchronous_commit') as set, extract(epoch from clock_timestamp())::float8 as at",
    );
    const apartMs = Math.round(Math.abs(options.now() - Number(rows[0]?.at) * 1_000));
    if (apartMs > MOST_APART_MS) options.log.warn('clock-differs-from-database', { apartMs });
    if (rows[0]?.set === 'off')
      throw new AppError(
        'unsupported',
        'The database has synchronous_commit off, which may lose what was kept.',
      );
    // Ends with the connection.
    await client.query('select pg_advisory_lock($1)', [SCHEMA_LOCK]);
    await migrate(transactionsOf(client), { ...options, migrations: MIGRATIONS });
    return holdToOwners(client);
  });
}
