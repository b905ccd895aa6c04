import { type AppError, type ErrorCode, isAbort } from '../core/errors.ts';
import { pause } from '../core/pause.ts';
import type { Timers } from '../core/timers.ts';

export interface StoresAwayDeps {
  /** Whether the stores that all work needs answer; resolves within seconds. */
  readonly storesAnswer: () => Promise<boolean>;
  readonly timers: Timers;
}

/** The failures that a store which is away causes. */
const THEIRS: ReadonlySet<ErrorCode> = new Set(['unavailable', 'timeout']);
const LOOK_EVERY_MS = 2_000;

/** Whether work failed while the stores were away, so that it says nothing of the work. */
export async function failedForStores(error: AppError, deps: StoresAwayDeps): Promise<boolean> {
  return THEIRS.has(error.code) && !(await deps.storesAnswer());
}

/** Waits until the stores answer, or nobody wants to go on. */
export async function untilStoresAnswer(deps: StoresAwayDeps, stop: AbortSignal): Promise<void> {
  try {
    while (!(await deps.storesAnswer())) await pause(LOOK_EVERY_MS, deps.timers, stop);
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
}
