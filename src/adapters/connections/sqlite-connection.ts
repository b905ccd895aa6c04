import { Worker } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import { moduleFile } from './module-file.ts';
import { sqliteError } from './sqlite-errors.ts';
import type {
  FromSqliteThread,
  SqlitePlace,
  SqliteReply,
  SqliteRequest,
  SqliteResult,
  SqliteThreadData,
  SqliteValue,
  ToSqliteThread,
} from './sqlite-messages.ts';

export type SqliteOptions = Pick<SqliteThreadData, 'path' | 'setup'> & {
  /** Default 5,000. */
  readonly busyTimeoutMs?: number;
};

/** An SQLite file that lives in a thread of its own, so no statement ever blocks the event loop. */
export interface SqliteConnection {
  /**
   * Runs one statement; statements run in the order of the calls. Errors: `conflict` (a key is taken),
   * `storage-full`, `unavailable` (thread gone, file held or not writable), `internal`.
   */
  run(sql: string, params?: readonly SqliteValue[], place?: SqlitePlace): Promise<SqliteResult>;
  /** Lets what was sent finish, then closes the file and ends the thread. */
  close(): Promise<void>;
}

interface Pending {
  resolve(result: SqliteResult): void;
  reject(error: Error): void;
}

/** Resolves when the file is open in its thread; throws `unavailable` or `internal` when it cannot be. */
export async function openSqlite(options: SqliteOptions): Promise<SqliteConnection> {
  const workerData: SqliteThreadData = { busyTimeoutMs: 5_000, ...options };
  const worker = new Worker(moduleFile('sqlite-thread', import.meta.url), { workerData, name: 'sqlite' });
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    worker.once('error', (error) => reject(gone(error)));
    worker.once('exit', () => reject(gone()));
    worker.once('message', (message: FromSqliteThread) =>
      message.kind === 'failed' ? reject(sqliteError(message.failure)) : resolve(),
    );
  });
  const requests = requestTable(worker);
  worker.on('message', (message: FromSqliteThread) => {
    if (message.kind === 'replies') requests.settle(message.replies);
  });
  worker.on('error', (error) => requests.fail(gone(error)));
  worker.on('exit', () => requests.fail(gone()));
  return {
    run: (sql, params, place) => requests.add(sql, params, place),
    async close() {
      requests.end(new AppError('unavailable', 'The database was closed.'));
      await exited;
    },
  };
}

function gone(cause?: unknown): AppError {
  return new AppError('unavailable', 'The database thread ended; Jiwa must be started again.', { cause });
}

/** Statements on their way. Those of one turn of the event loop travel in one message. */
function requestTable(worker: Worker) {
  const pending = new Map<number, Pending>();
  let outbox: SqliteRequest[] = [];
  let nextId = 0;
  let ended: AppError | undefined;
  const post = (message: ToSqliteThread) => worker.postMessage(message, []);
  const settle = (replies: readonly SqliteReply[]) => {
    for (const reply of replies) {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      if ('result' in reply) waiting?.resolve(reply.result);
      else waiting?.reject(sqliteError(reply.failure));
    }
  };
  const flush = () => {
    const requests = outbox;
    outbox = [];
    try {
      if (requests.length > 0) post({ kind: 'run', requests });
    } catch (error) {
      const message = `A value cannot be sent to the database: ${String(error)}`;
      settle(requests.map(({ id }) => ({ id, failure: { errcode: 0, message } })));
    }
  };
  return {
    add(sql: string, params: readonly SqliteValue[] = [], place?: SqlitePlace): Promise<SqliteResult> {
      if (ended) return Promise.reject(ended);
      const id = nextId++;
      if (outbox.length === 0) queueMicrotask(flush);
      outbox.push({ id, sql, params, place });
      return new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
    },
    settle,
    fail(error: AppError) {
      ended ??= error;
      for (const waiting of pending.values()) waiting.reject(error);
      pending.clear();
    },
    end(reason: AppError) {
      if (ended) return;
      ended = reason;
      flush();
      post({ kind: 'close' });
    },
  };
}
