import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { AppError } from '../../core/errors.ts';
import type { SqliteConnection } from '../connections/sqlite-connection.ts';
import type { SqlitePlace, SqliteValue } from '../connections/sqlite-messages.ts';
import { fairMutex } from './fair-mutex.ts';
import { kyselyOver, type Syntax, type Transact } from './kysely-over.ts';

export const SQLITE_SYNTAX: Syntax = {
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
};

/**
 * Transactions of one SQLite connection, one at a time in the order of asking. Each begins IMMEDIATE with its first
 * statement, which saves a way to the thread and back.
 */
export function sqliteTransactions(sqlite: SqliteConnection): Transact {
  const mutex = fairMutex();
  return async (work) => {
    const giveBack = await mutex.acquire();
    let place: SqlitePlace = 'begins';
    let over = false;
    const db = kyselyOver(async ({ sql, parameters }) => {
      // One that was not awaited would run outside of its transaction.
      if (over) throw new AppError('internal', 'A ledger transaction was used after its end.');
      const done = sqlite.run(sql, parameters as readonly SqliteValue[], place);
      place = 'within';
      return done;
    }, SQLITE_SYNTAX);
    const end = async (statement: 'commit' | 'rollback') => {
      over = true;
      if (place === 'within') await sqlite.run(statement, [], place);
    };
    try {
      const result = await work(db);
      await end('commit');
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself, as when the disk is full; the error that led here is the one to tell.
      await end('rollback').catch(() => undefined);
      throw error;
    } finally {
      giveBack();
    }
  };
}
