import type { LedgerTables } from '../../ports/ledger-rows.ts';

/**
 * What becomes of each ledger table when a space is exported or erased and the installation backed up; a new table does not compile
 * until it is decided. `by` is the order to page in, without ties within an owner. `archived`: `always`; only in a `backup` of the
 * whole installation (hashes of secrets, and what the installation decides for itself); or `never`, being of no use elsewhere.
 * What is not erased belongs to the installation, tells of the erasure, or lets the empty space work on.
 */
export const SPACE_TABLES = {
  spaces: { by: ['ownerId'], archived: 'always', erased: false },
  users: { by: ['id'], archived: 'always', erased: false },
  accounts: { by: ['id'], archived: 'backup', erased: false },
  credentials: { by: ['id'], archived: 'backup', erased: false },
  auditEntries: { by: ['seq'], archived: 'always', erased: false },
  auditHeads: { by: ['ownerId'], archived: 'always', erased: false },
  settings: { by: ['key'], archived: 'always', erased: true },
  documents: { by: ['id'], archived: 'always', erased: true },
  documentPlaces: { by: ['source', 'path'], archived: 'always', erased: true },
  chatSessions: { by: ['id'], archived: 'always', erased: true },
  trainingJobs: { by: ['id'], archived: 'always', erased: true },
  jobs: { by: ['id'], archived: 'always', erased: true },
  jobLogs: { by: ['jobId', 'seq'], archived: 'never', erased: true },
  queues: { by: ['name'], archived: 'backup', erased: false },
  intents: { by: ['id'], archived: 'always', erased: true },
  processes: { by: ['id'], archived: 'never', erased: false },
  leases: { by: ['name'], archived: 'never', erased: false },
  tombstones: { by: ['kind', 'sourceId'], archived: 'always', erased: true },
  vectorSlots: { by: ['slot'], archived: 'backup', erased: false },
  usage: { by: ['id'], archived: 'always', erased: true },
  usageSums: {
    by: ['month', 'feature', 'role', 'provider', 'model', 'promptVersion'],
    archived: 'always',
    erased: false,
  },
} as const satisfies {
  readonly [N in keyof LedgerTables]: {
    readonly by: readonly (keyof LedgerTables[N] & string)[];
    readonly archived: 'always' | 'backup' | 'never';
    readonly erased: boolean;
  };
};

export type TableName = keyof typeof SPACE_TABLES;
export const TABLE_NAMES = Object.keys(SPACE_TABLES) as TableName[];
