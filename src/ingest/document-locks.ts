import { aloneLeases, type Leases, leasedTurns } from '../core/leases.ts';
import type { Turns } from '../core/turns.ts';

/**
 * Lets one piece of work at a time touch what is stored of a document, so that an upload, the job that reads it and its
 * deletion never write between each other's steps, in whatever process.
 */
export interface DocumentLocks {
  /** Waits for earlier work with the same key, then runs `work`. Work must not ask for a key that it holds. */
  readonly exclusive: Turns;
}

export function documentLocks(leases: Leases = aloneLeases()): DocumentLocks {
  return { exclusive: leasedTurns(leases, 'document') };
}
