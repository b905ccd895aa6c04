import { setTimeout as pause } from 'node:timers/promises';
import type { CompiledQuery, Kysely } from 'kysely';
import { escapeIdentifier, type Pool, type PoolClient } from 'pg';
import { AppError } from '../../core/errors.ts';
import { turns } from '../../core/turns.ts';
import { kyselyOver, type StatementResult } from './kysely-over.ts';
import type { LedgerDriver } from './ledger-over.ts';
import { connected, runOn } from './postgres-connections.ts';
import { cameInTheWay, databaseGone, databaseLost, postgresError, wasLost } from './postgres-errors.ts';
import { ALL_OWNERS, OWNER_SETTING } from './postgres-owners.ts';
import { POSTGRES_SYNTAX } from './postgres-syntax.ts';
import type { Tables } from './where-clause.ts';

/** When eight processes all wrote the same rows, two attempts in three were in vain; so many in a row never were. */
const MOST_ATTEMPTS = 40;
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/** Begins with the rights of the application and the rows of one owner, or of all; for one transaction. */
function begin(mode: string, role: string, ownerId: string | undefined): string {
  const owner = `set local ${OWNER_SETTING} = '${ownerId ?? ALL_OWNERS}'`;
  return `begin isolation level ${mode}; set local role ${escapeIdentifier(role)}; ${owner}`;
}

/** Why an attempt was not kept, although the same may be kept now. */
interface Thwarted {
  readonly reason: unknown;
}

/**
 * Does work once, serializable: it is kept only if it did as it would have done with no other beside it. A statement that
 * failed fails the whole, also where the work went on.
 */
async function attempt<T>(
  client: PoolClient,
  beginning: string,
  work: (db: Kysely<Tables>) => Promise<T>,
): Promise<{ readonly result: T } | Thwarted> {
  const failures: unknown[] = [];
  let over = false;
  const noted = async <R>(sent: Promise<R>): Promise<R> => {
    try {
      return await sent;
    } catch (error) {
      failures.push(error);
      throw postgresError(error);
    }
  };
  const db = kyselyOver((query) => {
    // One that was not awaited would run outside of its transaction.
    if (over) throw new AppError('internal', 'A ledger transaction was used after its end.');
    return noted(runOn(client, query));
  }, POSTGRES_SYNTAX);
  try {
    const begun = noted(client.query(beginning));
    const [result] = await Promise.all([work(db), begun]);
    over = true;
    const { command } = await noted(client.query('commit'));
    // What is sent after a failed statement ends the transaction without keeping it, and without an error.
    if (command !== 'COMMIT') throw new AppError('internal', 'A ledger transaction could not be kept.');
    return { result };
  } catch (error) {
    over = true;
    await client.query('rollback').catch(() => undefined);
    const [first] = failures;
    if (cameInTheWay(first)) return { reason: first };
    throw first === undefined ? error : postgresError(first);
  }
}

async function readAlone(
  client: PoolClient,
  beginning: string,
  query: CompiledQuery,
): Promise<StatementResult> {
  const sent = [client.query(beginning), runOn(client, query), client.query('commit')] as const;
  try {
    const [, read] = await Promise.all(sent);
    return read;
  } catch (error) {
    await Promise.allSettled(sent);
    throw postgresError(error);
  }
}

/** Transactions and reads over a pool; those of one owner, and those over all, go one after another in this process. */
export function postgresTransactions(pool: Pool, role: string): Omit<LedgerDriver, 'close'> {
  const inTurn = turns();
  let lostAt = Number.NEGATIVE_INFINITY;
  const withClient = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const askedAt = performance.now();
    let lost = false;
    let client: PoolClient | undefined;
    try {
      client = await connected(pool);
      // Who waited for a connection while others lost the server need not find out in turn.
      if (lostAt > askedAt) throw databaseGone();
      return await work(client);
    } catch (error) {
      lost = wasLost(error);
      if (lost) lostAt = performance.now();
      throw error;
    } finally {
      client?.release(lost);
    }
  };
  const untilKept = <T>(ownerId: string | undefined, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> =>
    withClient(async (client) => {
      for (let tried = 1; ; tried++) {
        const done = await attempt(client, begin('serializable', role, ownerId), work);
        if ('result' in done) return done.result;
        if (tried === MOST_ATTEMPTS) throw postgresError(done.reason);
        await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tried));
      }
    });
  return {
    transact(ownerId, work) {
      const askedAt = performance.now();
      return inTurn(ownerId ?? ALL_OWNERS, () => {
        // Who waited behind one that lost the server need not find out in turn.
        if (lostAt > askedAt) throw databaseLost('while it waited for its turn');
        return untilKept(ownerId, work);
      });
    },
    snapshot: (ownerId, work) =>
      withClient(async (client) => {
        const read = await attempt(client, begin('repeatable read read only', role, ownerId), work);
        if ('result' in read) return read.result;
        throw postgresError(read.reason);
      }),
    reads: (ownerId) =>
      kyselyOver(
        (query) =>
          withClient((client) => readAlone(client, begin('read committed read only', role, ownerId), query)),
        POSTGRES_SYNTAX,
      ),
  };
}
