import type { LedgerTables } from '../../ports/ledger-rows.ts';

/** Columns that identify a row of each table; the owner comes first. */
export const PRIMARY_KEYS = {
  spaces: ['ownerId'],
  users: ['ownerId', 'id'],
  accounts: ['ownerId', 'id'],
  credentials: ['ownerId', 'id'],
  auditEntries: ['ownerId', 'seq'],
  auditHeads: ['ownerId'],
  settings: ['ownerId', 'key'],
  documents: ['ownerId', 'id'],
  documentPlaces: ['ownerId', 'source', 'path'],
  chatSessions: ['ownerId', 'id'],
  trainingJobs: ['ownerId', 'id'],
  jobs: ['ownerId', 'id'],
  jobLogs: ['ownerId', 'jobId', 'seq'],
  queues: ['ownerId', 'name'],
  intents: ['ownerId', 'id'],
  processes: ['ownerId', 'id'],
  leases: ['ownerId', 'name'],
  tombstones: ['ownerId', 'kind', 'sourceId'],
  vectorSlots: ['ownerId', 'slot'],
  usage: ['ownerId', 'id'],
  usageSums: ['ownerId', 'month', 'feature', 'role', 'provider', 'model', 'promptVersion'],
} as const satisfies { readonly [N in keyof LedgerTables]: readonly (keyof LedgerTables[N])[] };
