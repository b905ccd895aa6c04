import type { Ctx } from '../core/context.ts';
import { AppError, unreachable } from '../core/errors.ts';
import type { Timers } from '../core/timers.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { JobDefinition, JobQueue } from '../ports/job-queue.ts';
import type { JobRow } from '../ports/ledger-rows.ts';
import type { Ledger, Reads, Where } from '../ports/ledger.ts';
import type { JobLog, JobQuery, JobView } from '../wire/jobs.ts';
import { jobView } from './job-view.ts';
import { buryJob, prepareJob } from './prepared-job.ts';

export interface JobsDeps {
  readonly ledger: Ledger;
}

/** Lines of a job's log that are shown: the last ones. */
const LOG_LINES = 1_000;
const CURSOR = /^(\d{1,15})_([0-9a-f-]{36})$/;

/** The owner's jobs, newest first. Throws `invalid-input` for a cursor that came from no page. */
export async function listJobs(
  { limit, cursor, status, kind, queue }: JobQuery,
  { ledger }: JobsDeps,
  ctx: Ctx,
): Promise<{ items: JobView[]; next?: string }> {
  const wanted = { ...(status && { status }), ...(kind && { kind }), ...(queue && { queue }) };
  const rows = await page(ledger.readsOf(ctx.ownerId), wanted, cursor, limit + 1);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const items = rows.slice(0, limit).map(jobView);
  return last ? { items, next: `${last.createdAt}_${last.id}` } : { items };
}

async function page(
  reads: Reads,
  where: Where<JobRow>,
  cursor: string | undefined,
  limit: number,
): Promise<JobRow[]> {
  const jobs = reads.table('jobs');
  const orderBy = [
    ['createdAt', 'desc'],
    ['id', 'desc'],
  ] as const;
  if (cursor === undefined) return jobs.list({ where, orderBy, limit });
  const [, time, id] = CURSOR.exec(cursor) ?? [];
  if (time === undefined || id === undefined) {
    throw new AppError('invalid-input', 'The cursor must be the `next` of a page of jobs.');
  }
  const createdAt = Number(time);
  const together = await jobs.list({ where: { ...where, createdAt, id: { lt: id } }, orderBy, limit });
  const older = { ...where, createdAt: { lt: createdAt } };
  return [...together, ...(await jobs.list({ where: older, orderBy, limit: limit - together.length }))];
}

/** One job. Throws `not-found`. */
export async function getJob({ id }: { id: string }, { ledger }: JobsDeps, ctx: Ctx): Promise<JobView> {
  return jobView(await jobOf(ledger.readsOf(ctx.ownerId), id));
}

/** The last thousand lines of a job's log, oldest first. Throws `not-found`. */
export async function getJobLog({ id }: { id: string }, { ledger }: JobsDeps, ctx: Ctx): Promise<JobLog> {
  const reads = ledger.readsOf(ctx.ownerId);
  await jobOf(reads, id);
  const lines = await reads
    .table('jobLogs')
    .list({ where: { jobId: id }, orderBy: [['seq', 'desc']], limit: LOG_LINES });
  return { lines: lines.reverse().map(({ at, line }) => ({ at, line })) };
}

export interface CancelDeps extends JobsDeps {
  readonly bus: EventBus;
  readonly definitions: readonly JobDefinition[];
  readonly timers: Timers;
}

/**
 * Cancels a job: at once while it is queued, within about a second while it runs. Cancelling twice is fine. Throws `not-found`,
 * `conflict` when the job has ended.
 */
export async function cancelJob({ id }: { id: string }, deps: CancelDeps, ctx: Ctx): Promise<JobView> {
  const { before, after } = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const before = await jobOf(tx, id);
    await tx.table('jobs').update({ id }, cancellation(before, tx.now));
    return { before, after: await jobOf(tx, id) };
  });
  if (before.status === 'queued') {
    const prepared = prepareJob(after, deps.definitions);
    const error = new AppError('aborted', 'The job was cancelled.');
    if (!('error' in prepared)) await buryJob(prepared, error, { ...ctx, timers: deps.timers });
  }
  deps.bus.publish(ctx.ownerId, { kind: 'job-changed', jobId: id });
  return jobView(after);
}

function cancellation(row: JobRow, now: number): Partial<JobRow> {
  switch (row.status) {
    case 'queued':
      return { status: 'cancelled', completedAt: now };
    case 'running':
      return { cancelRequested: 1 };
    case 'cancelled':
      return {};
    case 'done':
    case 'dead':
      throw new AppError(
        'conflict',
        `Only a job that has not ended can be cancelled; this one is ${row.status}.`,
      );
    default:
      return unreachable(row.status);
  }
}

export interface RetryDeps extends JobsDeps {
  readonly bus: EventBus;
  readonly queue: JobQueue;
}

/**
 * Queues a dead or cancelled job again with all its attempts. Throws `not-found`, `conflict` in any other state and when the
 * same work is queued already.
 */
export async function retryJob({ id }: { id: string }, deps: RetryDeps, ctx: Ctx): Promise<JobView> {
  const row = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const jobs = tx.table('jobs');
    const { status, dedupKey } = await jobOf(tx, id);
    if (status !== 'dead' && status !== 'cancelled') {
      throw new AppError('conflict', `Only a dead or cancelled job can be retried; this one is ${status}.`);
    }
    if (dedupKey !== null && (await jobs.get({ dedupKey, status: 'queued' }))) {
      throw new AppError('conflict', 'The same work is queued already.');
    }
    await jobs.update({ id }, { ...AS_NEW, runAt: tx.now });
    return jobOf(tx, id);
  });
  deps.queue.deliver([row]);
  deps.bus.publish(ctx.ownerId, { kind: 'job-changed', jobId: id });
  return jobView(row);
}

const AS_NEW = {
  status: 'queued',
  attempt: 0,
  interruptions: 0,
  cancelRequested: 0,
  worker: null,
  progressDone: 0,
  progressTotal: null,
  progressNote: null,
  errorCode: null,
  error: null,
  startedAt: null,
  completedAt: null,
} as const satisfies Partial<JobRow>;

async function jobOf(reads: Reads, id: string): Promise<JobRow> {
  const row = await reads.table('jobs').get({ id });
  if (!row) throw new AppError('not-found', 'There is no job with this id.');
  return row;
}
