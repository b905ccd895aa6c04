import { AppError } from '../../core/errors.ts';
import type { SqliteConnection } from '../connections/sqlite-connection.ts';

export interface RestingSqliteOptions {
  readonly open: () => Promise<SqliteConnection>;
  /** A file unused for so long is closed. */
  readonly idleMs: number;
}

/** A connection that is opened when it is used and closed when it rests, so that nobody keeps a thread for nothing. */
export function restingSqlite({ open, idleMs }: RestingSqliteOptions): SqliteConnection {
  let opened: Promise<SqliteConnection> | undefined;
  let users = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const rest = async () => {
    clearTimeout(timer);
    const resting = opened;
    opened = undefined;
    // One that did not open has nothing to close; who used it was told why.
    const connection = await resting?.catch(() => undefined);
    await connection?.close();
  };
  return {
    async run(sql, params, place) {
      if (closed) throw new AppError('unavailable', 'The database was closed.');
      clearTimeout(timer);
      users++;
      try {
        opened ??= open();
        const connection = await opened;
        return await connection.run(sql, params, place);
      } catch (error) {
        // A thread that died, or a file that did not open, is tried again by the next call.
        if (error instanceof AppError && error.code === 'unavailable') void rest();
        throw error;
      } finally {
        users--;
        if (users === 0 && opened !== undefined) timer = setTimeout(() => void rest(), idleMs).unref();
      }
    },
    async close() {
      closed = true;
      await rest();
    },
  };
}
