import type { ItemRole } from './memory-store.ts';
import type { JobRow, LedgerTables, QueueName } from './ledger-rows.ts';

export type Comparison<V> =
  | V
  | { readonly in: readonly V[] }
  | { readonly not: V }
  | { readonly lt: V }
  | { readonly lte: V }
  | { readonly gt: V }
  | { readonly gte: V }
  /** Contains, ignoring case (ASCII at least); `%` and `_` stand for themselves. */
  | { readonly contains: string };

/** All conditions hold (and), also several in one comparison, as `{ gte: 1, lt: 5 }`. `null` equals `null`. */
export type Where<Row> = { readonly [C in keyof Row]?: Comparison<Row[C]> };

export interface ListQuery<Row> {
  readonly where?: Where<Row>;
  /** Text is ordered by byte; where `null` comes is not said. */
  readonly orderBy?: readonly (readonly [column: keyof Row & string, direction: 'asc' | 'desc'])[];
  readonly limit?: number;
  readonly offset?: number;
}

/** What can be asked of one table. */
export interface TableReads<Row> {
  get(where: Where<Row>): Promise<Row | undefined>;
  list(query?: ListQuery<Row>): Promise<Row[]>;
  count(where?: Where<Row>): Promise<number>;
}

/** One table inside a transaction; `Row` is what may be read, `Write` what is given when a row is made. */
export interface Table<Row, Write = Row> extends TableReads<Row> {
  /** Throws `conflict` when the key is taken. */
  insert(rows: Write | readonly Write[]): Promise<void>;
  /** Inserts, or replaces the row that has the same primary key. */
  upsert(rows: Write | readonly Write[]): Promise<void>;
  /** Says how many rows changed. */
  update(where: Where<Row>, patch: Partial<Write>): Promise<number>;
  /** Says how many rows went. */
  remove(where: Where<Row>): Promise<number>;
}

/** A job to be. `payload` must satisfy the schema of the job's definition. */
export interface NewJob {
  readonly kind: string;
  readonly queue: QueueName;
  readonly payload: unknown;
  readonly dedupKey?: string;
  /** 0 a person waits, 10 normal (default), 20 background. */
  readonly priority?: number;
  /** Not before this time. */
  readonly runAt?: number;
  readonly maxAttempts?: number;
}

/** Something that happened, announced in the transaction that made it true; `app` says which jobs follow. */
export type DomainEvent =
  | { readonly kind: 'document-indexed'; readonly documentId: string }
  | {
      readonly kind: 'turn-finished';
      readonly sessionId: string;
      readonly messageIds: readonly string[];
      readonly role: ItemRole;
    }
  | { readonly kind: 'history-imported'; readonly importId: string; readonly sessionIds: readonly string[] }
  | { readonly kind: 'source-forgotten'; readonly sourceId: string };

interface Tx {
  /** Time of the transaction, in milliseconds since the epoch. */
  readonly now: number;
  /** The process that has the ledger open, for rows that tell who is at work. */
  readonly process: string;
}

/** A transaction that sees and writes only one owner's rows; `ownerId` is filled in by the driver. */
export interface OwnerTx extends Tx {
  readonly ownerId: string;
  table<N extends keyof LedgerTables>(name: N): Table<LedgerTables[N], Omit<LedgerTables[N], 'ownerId'>>;
  /**
   * Queues a job with this transaction; gives the id of the job that will run. When a job with the same `dedupKey` is
   * queued already, that one stays, at the smaller `priority` and the earlier `runAt` of the two.
   */
  enqueue(job: NewJob): Promise<string>;
  announce(event: DomainEvent): Promise<void>;
}

/** A transaction over all owners: login, claims, sweeps. */
export interface SystemTx extends Tx {
  table<N extends keyof LedgerTables>(name: N): Table<LedgerTables[N]>;
  enqueue(ownerId: string, job: NewJob): Promise<string>;
  /**
   * Takes the next job that is due (or whose lease ran out) of queues that are not paused (rows of `SYSTEM_OWNER` in
   * `queues`): smallest priority, then oldest. Counts the attempt and sets the lease; an attempt whose lease ran
   * out (its process ended) does not count, unless that happens again and again without progress. A job out of attempts
   * is given once more, with `attempt` above `maxAttempts`, only to be settled; after that it is made `dead`. With `job`
   * it is that one or none, by the same rules.
   */
  claimJob(claim: {
    readonly queues: readonly QueueName[];
    readonly job?: Pick<JobRow, 'ownerId' | 'id'>;
    readonly worker: string;
    readonly leaseMs: number;
  }): Promise<JobRow | undefined>;
  /** When the next job of these queues becomes due or loses its lease, in ms since the epoch. */
  nextDueAt(queues: readonly QueueName[]): Promise<number | undefined>;
}

/** Reading without a transaction: each call sees all that was committed before it, and waits for no writer. */
export interface Reads {
  table<N extends keyof LedgerTables>(name: N): TableReads<LedgerTables[N]>;
}

/**
 * Truth of state and money. Work inside a transaction awaits nothing but ledger calls and takes milliseconds; it is
 * rolled back whole when it throws, or when a call in it failed. It changes nothing outside that may not be changed twice:
 * where others write the same rows, it may be done again from the start. What resolved is durable.
 */
export interface Ledger {
  forOwner<T>(ownerId: string, work: (tx: OwnerTx) => Promise<T>): Promise<T>;
  system<T>(work: (tx: SystemTx) => Promise<T>): Promise<T>;
  /** One owner's rows, for what need not agree with another read or a write; never inside a transaction. */
  readsOf(ownerId: string): Reads;
  /** The rows of all owners, likewise. */
  systemReads(): Reads;
  /**
   * One owner's rows as they are at one moment, for reading much that has to agree while others write; `unavailable` when
   * seconds pass between two reads.
   */
  snapshotOf<T>(ownerId: string, work: (reads: Reads) => Promise<T>): Promise<T>;
  /** The rows of all owners, likewise. */
  systemSnapshot<T>(work: (reads: Reads) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
