/** What SQLite takes and gives. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** What the thread is started with. */
export interface SqliteThreadData {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** Run once after opening, for example `PRAGMA synchronous = FULL`. */
  readonly setup: readonly string[];
  /** How long a statement waits for another process that holds the file. */
  readonly busyTimeoutMs: number;
}

/** Where a statement stands: with `begins` a transaction begins just before it; with `within` it fails where none is open. */
export type SqlitePlace = 'begins' | 'within';

/** One statement to run; statements run in the order they were sent. */
export interface SqliteRequest {
  readonly id: number;
  readonly sql: string;
  readonly params: readonly SqliteValue[];
  readonly place?: SqlitePlace | undefined;
}

export interface SqliteResult {
  readonly rows: readonly Record<string, SqliteValue>[];
  /** Rows inserted, changed or removed; 0 for a query. */
  readonly changes: number;
}

/** An error of SQLite: its extended result code (0 when it was not SQLite that failed) and its words. */
export interface SqliteFailure {
  readonly errcode: number;
  readonly message: string;
}

export type SqliteReply =
  | { readonly id: number; readonly result: SqliteResult }
  | { readonly id: number; readonly failure: SqliteFailure };

export type ToSqliteThread =
  | { readonly kind: 'run'; readonly requests: readonly SqliteRequest[] }
  | { readonly kind: 'close' };

export type FromSqliteThread =
  | { readonly kind: 'opened' }
  | { readonly kind: 'failed'; readonly failure: SqliteFailure }
  | { readonly kind: 'replies'; readonly replies: readonly SqliteReply[] };
