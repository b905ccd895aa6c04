import type { Log } from '../core/context.ts';
import { AppError, unreachable } from '../core/errors.ts';
import type { Timers } from '../core/timers.ts';
import type { JobRecord } from './job-record.ts';

/** How often progress may be written, and the ledger asked whether somebody wants the job cancelled. */
const SAVE_EVERY_MS = 250;
const LOOK_EVERY_MS = 1_000;
/** Work that goes on this long after its signal was aborted is given up, so its worker is free again. */
const ABANDON_MS = 30_000;

/** Why an attempt was ended from outside. */
type EndReason = 'stopped' | 'cancelled' | 'lost' | 'timeout';

export interface JobWatch {
  /** For the work; aborted with an AppError. */
  readonly signal: AbortSignal;
  /** Why the attempt was ended from outside, if it was. */
  reason(): EndReason | undefined;
  /** Rejects when the work goes on although it was aborted half a minute ago. */
  readonly abandoned: Promise<never>;
  /** Ends the watch. */
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly record: JobRecord;
  readonly leaseMs: number;
  readonly timeLimitMs: number;
  /** Aborted when this process stops. */
  readonly stop: AbortSignal;
  readonly timers: Timers;
  readonly now: () => number;
  readonly log: Log;
  /** Told after each write of progress. */
  onSaved(): void;
}

/** Keeps the lease of a running attempt, writes its progress, and aborts it on stop, cancellation, time limit or lost lease. */
export function watchJob(options: WatchOptions): JobWatch {
  const { timers, timeLimitMs, stop } = options;
  const controller = new AbortController();
  const abandoned = Promise.withResolvers<never>();
  abandoned.promise.catch(() => {});
  let reason: EndReason | undefined;
  const cancelTimers = new Set<() => void>();
  const end = (why: EndReason) => {
    if (reason) return;
    reason = why;
    controller.abort(abortError(why, timeLimitMs));
    const abandon = () => {
      options.log.error('job-abandoned', { why });
      abandoned.reject(new AppError('timeout', 'The job did not end after it was told to.'));
    };
    cancelTimers.add(timers.after(ABANDON_MS, abandon));
  };
  const onStop = () => end('stopped');
  stop.addEventListener('abort', onStop);
  if (stop.aborted) onStop();
  cancelTimers.add(timers.after(timeLimitMs, () => end('timeout')));
  const beat = startBeat(options, end);
  return {
    signal: controller.signal,
    reason: () => reason,
    abandoned: abandoned.promise,
    async close() {
      stop.removeEventListener('abort', onStop);
      await beat.close();
      for (const cancel of cancelTimers) cancel();
    },
  };
}

/** One call to the ledger at a time, and only when there is a reason for it. */
function startBeat(options: WatchOptions, end: (why: EndReason) => void) {
  const { record, now, leaseMs, timers } = options;
  let savedAt = now();
  let lookedAt = now();
  let beating = Promise.resolve();
  let closed = false;
  let failing = false;
  let cancelTimer = () => {};
  const check = async () => {
    const renew = now() - savedAt >= leaseMs / 3;
    if (!renew && !record.pending() && now() - lookedAt < LOOK_EVERY_MS) return;
    const save = renew || record.pending();
    const standing = await (save ? record.save() : record.look());
    lookedAt = now();
    if (save) savedAt = now();
    if (save) options.onSaved();
    if (standing !== 'ours') end(standing);
  };
  const beat = async () => {
    try {
      await check();
      failing = false;
    } catch (error) {
      if (!failing) options.log.warn('job-heartbeat-failed', { error });
      failing = true;
    }
    if (!closed) schedule();
  };
  const schedule = () => {
    cancelTimer = timers.after(failing ? LOOK_EVERY_MS : SAVE_EVERY_MS, () => {
      beating = beat();
    });
  };
  schedule();
  return {
    async close() {
      closed = true;
      cancelTimer();
      await beating;
    },
  };
}

function abortError(why: EndReason, timeLimitMs: number): AppError {
  switch (why) {
    case 'timeout':
      return new AppError('timeout', `The job took longer than its limit of ${timeLimitMs / 1_000} s.`);
    case 'cancelled':
      return new AppError('aborted', 'The job was cancelled.');
    case 'lost':
      return new AppError('aborted', 'The job was given to another worker.');
    case 'stopped':
      return new AppError('aborted', 'Jiwa is stopping; the job goes on after the next start.');
    default:
      return unreachable(why);
  }
}
