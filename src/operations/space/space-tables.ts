import type { LedgerTables } from '../../ports/ledger-rows.ts';

/**
 * What becomes of each ledger table when a space is exported or erased; a new table does not compile until it is decided.
 * `by` is the order to page in, without ties; rows that are not exported are of no use elsewhere, or secrets' hashes. What is kept
 * belongs to the installation, tells of the erasure, or lets the empty space work on.
 */
export const SPACE_TABLES = {
  spaces: { by: ['ownerId'], erased: false },
  users: { by: ['id'], erased: false },
  accounts: { by: undefined, erased: false },
  credentials: { by: undefined, erased: false },
  auditEntries: { by: ['seq'], erased: false },
  auditHeads: { by: undefined, erased: false },
  settings: { by: ['key'], erased: true },
  documents: { by: ['id'], erased: true },
  documentPlaces: { by: ['source', 'path'], erased: true },
  chatSessions: { by: ['id'], erased: true },
  trainingJobs: { by: ['id'], erased: true },
  jobs: { by: undefined, erased: true },
  jobLogs: { by: undefined, erased: true },
  queues: { by: undefined, erased: false },
  intents: { by: undefined, erased: true },
  tombstones: { by: ['kind', 'sourceId'], erased: true },
  vectorSlots: { by: undefined, erased: false },
  usage: { by: ['id'], erased: true },
  usageSums: { by: undefined, erased: false },
} as const satisfies {
  readonly [N in keyof LedgerTables]: {
    readonly by: readonly (keyof LedgerTables[N] & string)[] | undefined;
    readonly erased: boolean;
  };
};

export type TableName = keyof typeof SPACE_TABLES;
export const TABLE_NAMES = Object.keys(SPACE_TABLES) as TableName[];
