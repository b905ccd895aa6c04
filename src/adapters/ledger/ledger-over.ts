import { AsyncLocalStorage } from 'node:async_hooks';
import { CamelCasePlugin, type Kysely } from 'kysely';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { isUuid, newId } from '../../core/ids.ts';
import type { JobRow } from '../../ports/ledger-rows.ts';
import type { DomainEvent, Ledger, NewJob, Reads } from '../../ports/ledger.ts';
import { ownerTx, readsOver, systemTx, type TxParts } from './ledger-tx.ts';
import type { Tables } from './where-clause.ts';

/** What every driver is opened with. */
export interface LedgerOptions {
  readonly now: () => number;
  /** Names this process in rows, unlike any other on any machine; default: a new id. */
  readonly process?: string;
  /** Which jobs follow an event; they are queued in the transaction that announces it. Default: none. */
  readonly followers?: (event: DomainEvent, now: number) => readonly NewJob[];
  /** The trace context that a job is asked for in; its row carries it to whoever runs it. Default: none. */
  readonly traceContext?: (() => string | undefined) | undefined;
  /** Told after each commit that queued jobs. */
  readonly onEnqueued?: (jobs: readonly JobRow[]) => void;
  readonly log?: Log;
}

/** A database as the ledger needs it; `undefined` for an owner means the rows of all. */
export interface LedgerDriver {
  /** Does work in one transaction that sees no other's half-done work. May do it again when it could not be kept. */
  transact<T>(ownerId: string | undefined, work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Where each query stands alone. */
  reads(ownerId: string | undefined): Kysely<Tables>;
  /** Lets work read what was committed at one moment. */
  snapshot<T>(ownerId: string | undefined, work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const CAMEL_CASE = new CamelCasePlugin();

function expectOwner(ownerId: string): string {
  if (isUuid(ownerId)) return ownerId;
  throw new AppError('internal', 'The ledger expects an owner id that is a UUID.');
}

/** The port over a database. */
export function ledgerOver(driver: LedgerDriver, options: LedgerOptions): Ledger {
  const { now, process = newId(), followers = () => [], traceContext, onEnqueued } = options;
  const current = new AsyncLocalStorage<{ open: boolean }>();
  const transaction = async <T>(
    ownerId: string | undefined,
    work: (parts: TxParts) => Promise<T>,
  ): Promise<T> => {
    // It would wait for itself: an owner has one writer.
    if (current.getStore()?.open) {
      throw new AppError('internal', 'A ledger transaction may not open another one.');
    }
    let queued: JobRow[] = [];
    const result = await driver.transact(ownerId, (db) => {
      const scope = { open: true };
      queued = [];
      const parts = { db: db.withPlugin(CAMEL_CASE), now: now(), process, followers, traceContext, queued };
      return current
        .run(scope, () => work(parts))
        .finally(() => {
          scope.open = false;
        });
    });
    if (queued.length > 0) onEnqueued?.(queued);
    return result;
  };
  const reads = (ownerId?: string) => {
    if (current.getStore()?.open)
      throw new AppError('internal', 'Inside a ledger transaction, read by the transaction.');
    return readsOver(driver.reads(ownerId).withPlugin(CAMEL_CASE), ownerId);
  };
  const snapshot = <T>(ownerId: string | undefined, work: (reads: Reads) => Promise<T>) =>
    driver.snapshot(ownerId, (db) => work(readsOver(db.withPlugin(CAMEL_CASE), ownerId)));
  return {
    forOwner: async (ownerId, work) =>
      transaction(expectOwner(ownerId), (parts) => work(ownerTx(parts, ownerId))),
    system: (work) => transaction(undefined, (parts) => work(systemTx(parts))),
    readsOf: (ownerId) => reads(expectOwner(ownerId)),
    systemReads: () => reads(),
    snapshotOf: async (ownerId, work) => snapshot(expectOwner(ownerId), work),
    systemSnapshot: (work) => snapshot(undefined, work),
    close: () => driver.close(),
  };
}
