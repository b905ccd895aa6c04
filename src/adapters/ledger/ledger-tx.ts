import type { Kysely } from 'kysely';
import { newId } from '../../core/ids.ts';
import type { JobRow, LedgerTables } from '../../ports/ledger-rows.ts';
import type { DomainEvent, NewJob, OwnerTx, Reads, SystemTx, Table, TableReads } from '../../ports/ledger.ts';
import { claimJob, nextDueAt } from './claim-job.ts';
import { ledgerTable } from './ledger-table.ts';
import type { Tables } from './where-clause.ts';

const DEFAULT_PRIORITY = 10;
const DEFAULT_ATTEMPTS = 3;

/** What a transaction is made of; `queued` collects the jobs to deliver once it is committed. */
export interface TxParts {
  readonly db: Kysely<Tables>;
  readonly now: number;
  readonly process: string;
  readonly followers: (event: DomainEvent, now: number) => readonly NewJob[];
  readonly traceContext: (() => string | undefined) | undefined;
  readonly queued: JobRow[];
}

export function ownerTx(parts: TxParts, ownerId: string): OwnerTx {
  const enqueue = (job: NewJob) => enqueueJob(parts, ownerId, job);
  return {
    now: parts.now,
    process: parts.process,
    ownerId,
    table: <N extends keyof LedgerTables>(name: N) =>
      ledgerTable(parts.db, name, ownerId) as unknown as Table<
        LedgerTables[N],
        Omit<LedgerTables[N], 'ownerId'>
      >,
    enqueue,
    async announce(event) {
      for (const job of parts.followers(event, parts.now)) await enqueue(job);
    },
  };
}

export function systemTx(parts: TxParts): SystemTx {
  const tables = {
    now: parts.now,
    process: parts.process,
    table: <N extends keyof LedgerTables>(name: N) =>
      ledgerTable(parts.db, name, undefined) as unknown as Table<LedgerTables[N]>,
  };
  return {
    ...tables,
    enqueue: (ownerId, job) => enqueueJob(parts, ownerId, job),
    claimJob: (claim) => claimJob(tables, claim),
    nextDueAt: (queues) => nextDueAt(tables, queues),
  };
}

/** Tables to be read outside of transactions, held to an owner where one is given. */
export function readsOver(db: Kysely<Tables>, ownerId: string | undefined): Reads {
  return {
    table: <N extends keyof LedgerTables>(name: N) =>
      ledgerTable(db, name, ownerId) as unknown as TableReads<LedgerTables[N]>,
  };
}

async function enqueueJob(parts: TxParts, ownerId: string, job: NewJob): Promise<string> {
  const jobs = ledgerTable(parts.db, 'jobs', ownerId) as unknown as Table<JobRow>;
  const priority = job.priority ?? DEFAULT_PRIORITY;
  const runAt = job.runAt ?? parts.now;
  const same =
    job.dedupKey === undefined ? undefined : await jobs.get({ dedupKey: job.dedupKey, status: 'queued' });
  if (same) {
    // The one that waits already serves both askers, so it goes by the more urgent of the two.
    const sooner = { priority: Math.min(priority, same.priority), runAt: Math.min(runAt, same.runAt) };
    if (sooner.priority < same.priority || sooner.runAt < same.runAt) {
      await jobs.update({ id: same.id }, sooner);
      parts.queued.push({ ...same, ...sooner });
    }
    return same.id;
  }
  const row = newRow(ownerId, job, {
    priority,
    runAt,
    createdAt: parts.now,
    traceContext: parts.traceContext?.() ?? null,
  });
  await jobs.insert(row);
  parts.queued.push(row);
  return row.id;
}

function newRow(
  ownerId: string,
  job: NewJob,
  given: Pick<JobRow, 'priority' | 'runAt' | 'createdAt' | 'traceContext'>,
): JobRow {
  return {
    ...given,
    ownerId,
    id: newId(),
    queue: job.queue,
    kind: job.kind,
    payload: JSON.stringify(job.payload ?? null),
    dedupKey: job.dedupKey ?? null,
    status: 'queued',
    attempt: 0,
    maxAttempts: job.maxAttempts ?? DEFAULT_ATTEMPTS,
    interruptions: 0,
    leaseUntil: null,
    worker: null,
    cancelRequested: 0,
    progressDone: 0,
    progressTotal: null,
    progressNote: null,
    errorCode: null,
    error: null,
    result: null,
    startedAt: null,
    completedAt: null,
  };
}
