import type { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import type { JobRow, QueueName } from './ledger-rows.ts';

/** What a running job may tell the world. */
export interface JobRun {
  readonly id: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly lastAttempt: boolean;
  /** W3C trace context of what asked for the job. */
  readonly traceContext?: string | undefined;
  progress(done: number, total?: number, note?: string): void;
  /** A line of the job's own log, for people. */
  note(line: string): void;
}

/** A kind of job: payload, limits and work together. Sits in the room whose work it is; operations only runs it. */
export interface JobDefinition<P = unknown> {
  readonly kind: string;
  readonly queue: QueueName;
  readonly payload: z.ZodType<P>;
  /** An attempt that takes longer is aborted and counts as failed (`timeout`). */
  readonly timeLimitMs: number;
  /** Can run twice; what it returns is kept as the job's result (JSON). Throw an AppError to fail. */
  run(payload: P, job: JobRun, ctx: Ctx): Promise<unknown>;
  /**
   * Called when the job failed for good or was cancelled: settle what waited for it. Can run twice. It gets the payload
   * only if that still satisfies the schema; otherwise it is not called.
   */
  onDead?(payload: P, error: Error, ctx: Ctx): Promise<void>;
}

/** What a queue needs to know of a job. */
export type DeliveredJob = Pick<JobRow, 'ownerId' | 'id' | 'queue' | 'runAt' | 'priority'>;

/** Delivers and claims; the ledger's rows stay the truth of every job. */
export interface JobQueue {
  /** Told after a commit that queued jobs: wakes a worker at once. What is lost on the way is found in the ledger later. */
  deliver(jobs: readonly DeliveredJob[]): void;
  /** Waits for the next job of these queues and claims it; `undefined` once the signal is aborted. */
  next(
    queues: readonly QueueName[],
    worker: string,
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<JobRow | undefined>;
  /**
   * Forgets what it knows of these queues and takes every job that waits from the ledger again; says how many there are of
   * each. Can run at any time and twice. Throws `unavailable` when it cannot.
   */
  rebuild(queues: readonly QueueName[], signal: AbortSignal): Promise<ReadonlyMap<QueueName, number>>;
  close(): Promise<void>;
}
