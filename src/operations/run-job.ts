import type { Log } from '../core/context.ts';
import { AppError, isAbort, toAppError } from '../core/errors.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { JobDefinition, JobQueue } from '../ports/job-queue.ts';
import type { JobRow } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';
import { backoffMs } from './backoff.ts';
import { type JobRecord, jobRecord } from './job-record.ts';
import { type JobWatch, watchJob } from './job-watch.ts';
import { type Prepared, buryJob, contextOf, prepareJob } from './prepared-job.ts';
import { type StoresAwayDeps, failedForStores } from './stores-away.ts';

/** What running jobs takes; `app` gives it once. */
export interface RunJobDeps extends StoresAwayDeps {
  readonly ledger: Ledger;
  readonly queue: JobQueue;
  readonly bus: EventBus;
  readonly definitions: readonly JobDefinition[];
  readonly log: Log;
  readonly now: () => number;
  readonly newId: () => string;
  /** From 0 (inclusive) to 1. */
  readonly random: () => number;
  /** How long a claim lasts without a heartbeat; default 30,000. */
  readonly leaseMs?: number;
}

export const DEFAULT_LEASE_MS = 30_000;

type Outcome =
  | { readonly kind: 'done'; readonly result: string }
  | { readonly kind: 'failed'; readonly error: AppError; readonly again: boolean }
  | { readonly kind: 'waits'; readonly error: AppError }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'lost' };

/**
 * Runs one claimed attempt to its end and writes how it ended: done; queued again later (the failure may pass and attempts
 * are left) or at once (this process stops: the attempt does not count); dead; cancelled. An attempt that failed while the
 * stores were away does not count either; only then it gives true: no other job should be begun before they are back.
 * Never throws: what cannot be written is left to the lease, which gives the job to the next worker.
 */
export async function runJob(row: JobRow, deps: RunJobDeps, stop: AbortSignal): Promise<boolean> {
  const leaseMs = deps.leaseMs ?? DEFAULT_LEASE_MS;
  const record = jobRecord(row, { ledger: deps.ledger, now: deps.now, leaseMs });
  const publish = () => deps.bus.publish(row.ownerId, { kind: 'job-changed', jobId: row.id });
  publish();
  let storesAway = false;
  try {
    const prepared = prepareJob(row, deps.definitions);
    if ('error' in prepared) {
      await record.finish(failure(prepared.error, deps.now()));
    } else {
      const { timeLimitMs } = prepared.definition;
      const watch = watchJob({ ...deps, record, leaseMs, timeLimitMs, stop, onSaved: publish });
      try {
        const outcome = await attempt(prepared, { deps, record, watch });
        storesAway = outcome.kind === 'waits';
        await settle(outcome, prepared, { deps, record });
      } finally {
        await watch.close();
      }
    }
  } catch (error) {
    deps.log.error('job-not-settled', { jobId: row.id, kind: row.kind, error });
  }
  publish();
  return storesAway;
}

interface Running {
  readonly deps: RunJobDeps;
  readonly record: JobRecord;
  readonly watch: JobWatch;
}

async function attempt(prepared: Prepared, { deps, record, watch }: Running): Promise<Outcome> {
  const { row, definition, payload } = prepared;
  if (row.cancelRequested) return { kind: 'cancelled' };
  if (row.attempt > row.maxAttempts) return { kind: 'failed', error: neverEnded(), again: false };
  const ctx = contextOf(row, deps, watch.signal);
  const job = {
    id: row.id,
    attempt: row.attempt,
    lastAttempt: row.attempt >= row.maxAttempts,
    traceContext: row.traceContext ?? undefined,
    progress: (...told: Parameters<JobRecord['progress']>) => record.progress(...told),
    note: (line: string) => record.note(line),
  };
  try {
    watch.signal.throwIfAborted();
    const result = await Promise.race([definition.run(payload, job, ctx), watch.abandoned]);
    return { kind: 'done', result: JSON.stringify(result ?? null) };
  } catch (error) {
    return await afterThrow(error, row, watch, deps);
  }
}

async function afterThrow(thrown: unknown, row: JobRow, watch: JobWatch, deps: RunJobDeps): Promise<Outcome> {
  const reason = watch.reason();
  if (reason && reason !== 'timeout') return { kind: reason };
  const error = reason ? toAppError(watch.signal.reason) : toAppError(thrown);
  if (await failedForStores(error, deps)) return { kind: 'waits', error };
  // An abort that nobody here asked for came from inside the work, as from a broken connection.
  const passing = error.retryable || isAbort(error);
  return { kind: 'failed', error, again: passing && row.attempt < row.maxAttempts };
}

async function settle(
  outcome: Outcome,
  prepared: Prepared,
  { deps, record }: Omit<Running, 'watch'>,
): Promise<void> {
  const { row } = prepared;
  const fields = { jobId: row.id, kind: row.kind, attempt: row.attempt };
  switch (outcome.kind) {
    case 'done': {
      const { result } = outcome;
      await record.finish({ status: 'done', completedAt: deps.now(), result, errorCode: null, error: null });
      return;
    }
    case 'failed': {
      const { error } = outcome;
      record.note(`Attempt ${row.attempt} failed: ${error.message}`);
      if (outcome.again) {
        deps.log.warn('job-failed', { ...fields, code: error.code, error });
        const runAt = deps.now() + backoffMs(row.attempt, deps.random(), error.retryAfterMs);
        await requeue(record, deps, { ...row, runAt, errorCode: error.code, error: error.message });
        return;
      }
      deps.log.error('job-dead', { ...fields, code: error.code, error });
      await end(prepared, error, failure(error, deps.now()), { deps, record });
      return;
    }
    case 'waits': {
      const { code, message } = outcome.error;
      deps.log.warn('job-waits-for-stores', { ...fields, code });
      const back = { runAt: deps.now(), attempt: row.attempt - 1, errorCode: code, error: message };
      await requeue(record, deps, { ...row, ...back });
      return;
    }
    case 'cancelled': {
      const error = new AppError('aborted', 'The job was cancelled.');
      await end(prepared, error, { status: 'cancelled', completedAt: deps.now() }, { deps, record });
      return;
    }
    case 'stopped':
      await requeue(record, deps, { ...row, runAt: deps.now(), attempt: row.attempt - 1 });
      return;
    case 'lost':
      deps.log.warn('job-lost', fields);
  }
}

/** Ends a job without success, unless it is another's by now: then that one decides what becomes of it. */
async function end(
  prepared: Prepared,
  error: AppError,
  row: Partial<JobRow>,
  { deps, record }: Omit<Running, 'watch'>,
): Promise<void> {
  if ((await record.look()) === 'lost') return;
  await buryJob(prepared, error, deps);
  await record.finish(row);
}

async function requeue(record: JobRecord, deps: RunJobDeps, row: JobRow): Promise<void> {
  const { attempt, runAt, errorCode, error } = row;
  const back = { status: 'queued', worker: null, attempt, runAt, errorCode, error } as const;
  if (await record.finish(back)) deps.queue.deliver([row]);
}

function failure(error: AppError, now: number): Partial<JobRow> {
  return { status: 'dead', completedAt: now, errorCode: error.code, error: error.message };
}

function neverEnded(): AppError {
  return new AppError('internal', 'Jiwa ended in every attempt at this job.');
}
