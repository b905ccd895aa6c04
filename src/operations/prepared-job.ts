import type { Ctx, Log } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Timers } from '../core/timers.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import type { JobRow } from '../ports/ledger-rows.ts';

/** A job with what its definition says of it. */
export interface Prepared {
  readonly row: JobRow;
  readonly definition: JobDefinition;
  readonly payload: unknown;
}

/** Finds the job's definition and parses its payload; an error (`unsupported`, `invalid-input`) says why it cannot run. */
export function prepareJob(
  row: JobRow,
  definitions: readonly JobDefinition[],
): Prepared | { readonly error: AppError } {
  const definition = definitions.find(({ kind }) => kind === row.kind);
  if (!definition) {
    return { error: new AppError('unsupported', `This Jiwa knows no job of the kind ${row.kind}.`) };
  }
  const payload = definition.payload.safeParse(JSON.parse(row.payload));
  if (!payload.success) {
    const message = `The payload of a job ${row.kind} is not what the job expects.`;
    return { error: new AppError('invalid-input', message, { cause: payload.error }) };
  }
  return { row, definition, payload: payload.data };
}

type Surroundings = Pick<Ctx, 'now' | 'newId'> & { readonly log: Log; readonly timers: Timers };

/**
 * Tells the job's definition that the job is over without success, within the job's own time limit. A failure of that is
 * logged; the job is over all the same.
 */
export async function buryJob(prepared: Prepared, error: AppError, around: Surroundings): Promise<void> {
  const { row, definition, payload } = prepared;
  const limit = new AbortController();
  const cancelTimer = around.timers.after(definition.timeLimitMs, () => limit.abort());
  try {
    await definition.onDead?.(payload, error, contextOf(row, around, limit.signal));
  } catch (thrown) {
    around.log.error('job-not-buried', { jobId: row.id, kind: row.kind, error: thrown });
  } finally {
    cancelTimer();
  }
}

/** The context a job's work gets: its owner, and until when. */
export function contextOf(
  row: JobRow,
  { now, newId, log }: Pick<Surroundings, 'now' | 'newId' | 'log'>,
  signal: AbortSignal,
): Ctx {
  return { ownerId: row.ownerId, signal, now, newId, log };
}
