import type { CompiledQuery } from 'kysely';
import { Client, type ClientBase, type ClientConfig, Pool, type PoolClient, types } from 'pg';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { StatementResult } from './kysely-over.ts';
import { postgresError } from './postgres-errors.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=…` where the way there is not private. */
  readonly url: string;
  /** Most connections at a time; default 10. */
  readonly poolSize?: number | undefined;
  /** Longest statement, in ms; default 10,000. */
  readonly statementTimeoutMs?: number | undefined;
}

/** How long is waited for a connection, a free one or a new one. */
const CONNECT_MS = 5_000;
/** The server ends a statement first; this is for a server that does not answer at all. */
const GRACE_MS = 2_000;
/** A transaction whose process stands still holds its rows no longer. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const IDLE_CONNECTION_MS = 60_000;

/** An integer of 64 bits as a number, which it is as far as numbers are exact. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new AppError('internal', `The database holds ${text}, which is no exact number.`);
}

const INT8: number = types.builtins.INT8;
const parsers: NonNullable<ClientConfig['types']> = {
  getTypeParser: (oid: number, format) =>
    oid === INT8 ? safeInteger : (types.getTypeParser(oid, format) as (text: string) => unknown),
};

function configOf(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'jiwa',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: parsers,
    // Statements that are made together are sent together.
    pipeline: true,
  };
}

/** A pool that outlives its connections: those that break are replaced when they are needed. */
export function postgresPool(options: PostgresOptions, log: Log): Pool {
  const statementMs = options.statementTimeoutMs ?? 10_000;
  const pool = new Pool({
    ...configOf(options.url),
    max: options.poolSize ?? 10,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    statement_timeout: statementMs,
    query_timeout: statementMs + GRACE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  // Without listeners a connection that breaks would end the process, idle or in use; who uses it hears by its statement.
  pool.on('error', (cause) => log.warn('ledger-connection-lost', { cause: cause.message }));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A connection of the pool; `unavailable` when none is free or made in time. */
export async function connected(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw postgresError(error);
  }
}

/** One connection for work on the schema, which may take its time. */
export async function ownConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(configOf(url));
  // What waits for the connection hears of its loss.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw postgresError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Runs a statement of Kysely. Throws what PostgreSQL says. */
export async function runOn(
  client: ClientBase,
  { sql, parameters }: CompiledQuery,
): Promise<StatementResult> {
  const { rows, rowCount } = await client.query<Record<string, unknown>>(sql, [...parameters]);
  return { rows, changes: rowCount ?? 0 };
}
