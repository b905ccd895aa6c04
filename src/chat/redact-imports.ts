import type { NewJob } from '../ports/ledger.ts';

/** The job that takes what was deleted out of the files of imports; many deletions share one run. */
export const redactImports: NewJob = {
  kind: 'redact-imports',
  queue: 'light',
  payload: {},
  dedupKey: 'redact-imports',
  priority: 10,
};
