/** Entry of the thread that holds one SQLite file; started by `sqlite-connection.ts`. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  FromSqliteThread,
  SqliteFailure,
  SqliteReply,
  SqliteRequest,
  SqliteResult,
  SqliteThreadData,
  ToSqliteThread,
} from './sqlite-messages.ts';

/** Prepared statements kept; the least recently used goes first. */
const STATEMENTS_KEPT = 200;

function failureOf(error: unknown): SqliteFailure {
  const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  return { errcode, message: error instanceof Error ? error.message : String(error) };
}

function open(data: SqliteThreadData): DatabaseSync {
  const db = new DatabaseSync(data.path, {
    timeout: data.busyTimeoutMs,
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
  });
  for (const statement of data.setup) db.exec(statement);
  return db;
}

function statementCache(db: DatabaseSync): (sql: string) => StatementSync {
  const kept = new Map<string, StatementSync>();
  return (sql) => {
    const statement = kept.get(sql) ?? db.prepare(sql);
    kept.delete(sql);
    kept.set(sql, statement);
    if (kept.size > STATEMENTS_KEPT) kept.delete(kept.keys().next().value ?? '');
    return statement;
  };
}

function run(statement: StatementSync, request: SqliteRequest): SqliteResult {
  if (statement.columns().length > 0) {
    return { rows: statement.all(...request.params), changes: 0 };
  }
  return { rows: [], changes: Number(statement.run(...request.params).changes) };
}

function serve(port: NonNullable<typeof parentPort>): void {
  const post = (message: FromSqliteThread) => port.postMessage(message, []);
  let db: DatabaseSync;
  try {
    db = open(workerData as SqliteThreadData);
  } catch (error) {
    post({ kind: 'failed', failure: failureOf(error) });
    return;
  }
  const prepare = statementCache(db);
  const answer = (request: SqliteRequest): SqliteReply => {
    try {
      if (request.place === 'begins') db.exec('begin immediate');
      if (request.place === 'within' && !db.isTransaction) throw new Error('No transaction is open.');
      return { id: request.id, result: run(prepare(request.sql), request) };
    } catch (error) {
      return { id: request.id, failure: failureOf(error) };
    }
  };
  port.on('message', (message: ToSqliteThread) => {
    if (message.kind === 'run') {
      post({ kind: 'replies', replies: message.requests.map(answer) });
    } else {
      db.close();
      port.close();
    }
  });
  post({ kind: 'opened' });
}

if (parentPort) serve(parentPort);
