import type {
  AccountRow,
  AuditEntryRow,
  AuditHeadRow,
  CredentialRow,
  SpaceRow,
  UserRow,
} from './people-rows.ts';
import type { UsageRow, UsageSumRow } from './usage-rows.ts';

/**
 * Rows of the ledger. Portable columns only: text, integers (times in milliseconds since the epoch), JSON as text and
 * 0/1 for booleans, `null` for absent. In the database the columns have the same names in snake_case. Every table has
 * `ownerId`; no row holds message or document text but a session's title (≤ 80 characters) and summary (≤ 280).
 */
export type Flag = 0 | 1;

export interface SettingRow {
  readonly ownerId: string;
  readonly key: string;
  /** JSON. */
  readonly value: string;
  readonly updatedAt: number;
}

export type DocumentStatus = 'queued' | 'reading' | 'indexing' | 'ready' | 'failed' | 'superseded';

export interface DocumentRow {
  readonly ownerId: string;
  readonly id: string;
  readonly userId: string;
  readonly filename: string;
  readonly contentType: string;
  /** Key of the original in the object store, below the owner's part. */
  readonly s3Path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly uploadedAt: number;
  readonly updatedAt: number;
  /** 1 once searchable by words. */
  readonly processed: Flag;
  readonly status: DocumentStatus;
  /** Why it failed, for people; and whether trying again can help. */
  readonly reason: string | null;
  readonly retryable: Flag;
  readonly chunkCount: number;
  readonly vectorCount: number;
  readonly language: string | null;
  readonly pageCount: number | null;
  /** JSON list of tags. */
  readonly tags: string;
  /** Time the content is from (file time), when known. */
  readonly contentTime: number | null;
  readonly supersedes: string | null;
  readonly supersededBy: string | null;
}

/** Where a document was found: one document can lie at several places, a place holds one document. */
export interface DocumentPlaceRow {
  readonly ownerId: string;
  /** Names a collection of paths: `upload`, or the id of an imported folder. */
  readonly source: string;
  readonly path: string;
  readonly documentId: string;
  readonly seenAt: number;
}

export interface ChatSessionRow {
  readonly ownerId: string;
  readonly id: string;
  readonly userId: string;
  /** At most 80 characters. */
  readonly title: string;
  /** At most 280 characters. */
  readonly summary: string | null;
  readonly sessionS3Path: string;
  readonly createdAt: number;
  /** Time of the last message. */
  readonly updatedAt: number;
  readonly processedForTraining: Flag;
  readonly messageCount: number;
  /** Position the next message gets. */
  readonly nextSeq: number;
  /** `chat` for conversations held here, else the import the session came from (its raw document id). */
  readonly origin: string;
  /** The session's id in the system it was imported from. */
  readonly externalId: string | null;
  /** Who gave the title: what a person called it nothing replaces. */
  readonly titledBy: 'person' | 'rule' | 'model';
  /** Last message of the active path; `null` while the session is a line, which ends with its last message. */
  readonly leafId: string | null;
  /** The message up to which the newest rolling summary reaches, and its place. */
  readonly summaryUpto: string | null;
  readonly summarySeq: number | null;
}

export interface TrainingJobRow {
  readonly ownerId: string;
  readonly id: string;
  readonly userId: string;
  readonly status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly attempt: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly loraPath: string | null;
  readonly error: string | null;
}

export type JobStatus = 'queued' | 'running' | 'done' | 'dead' | 'cancelled';
export type QueueName = 'ingestion' | 'vectors' | 'training' | 'nightly' | 'light';

export interface JobRow {
  readonly ownerId: string;
  readonly id: string;
  readonly queue: QueueName;
  readonly kind: string;
  /** JSON; ids only, never text or secrets. */
  readonly payload: string;
  /** While a queued job with this key exists, the same key is not queued again. */
  readonly dedupKey: string | null;
  /** Smaller runs first; 0 for a person who waits, 10 normal, 20 background. */
  readonly priority: number;
  readonly status: JobStatus;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** How often the lease ran out under a running attempt since the job last made progress. */
  readonly interruptions: number;
  readonly runAt: number;
  readonly leaseUntil: number | null;
  readonly worker: string | null;
  readonly cancelRequested: Flag;
  readonly progressDone: number;
  readonly progressTotal: number | null;
  readonly progressNote: string | null;
  readonly errorCode: string | null;
  readonly error: string | null;
  /** JSON of what the job returned. */
  readonly result: string | null;
  /** W3C trace context of what asked for it, where traces are made. */
  readonly traceContext?: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
}

export interface JobLogRow {
  readonly ownerId: string;
  readonly jobId: string;
  readonly seq: number;
  readonly at: number;
  readonly line: string;
}

export interface QueueRow {
  readonly ownerId: string;
  readonly name: QueueName;
  readonly paused: Flag;
}

/** A write that has begun: removed by the transaction that ends it, finished by the sweeper if that never came. */
export interface IntentRow {
  readonly ownerId: string;
  readonly id: string;
  readonly kind: string;
  readonly subjectId: string;
  /** JSON, enough to finish or undo the write. */
  readonly payload: string;
  readonly createdAt: number;
  /** The process that writes; see `ProcessRow`. */
  readonly process: string | null;
}

/** A process at work on this ledger: it has the row as long as it lives. */
export interface ProcessRow {
  readonly ownerId: string;
  readonly id: string;
  readonly startedAt: number;
  /** Grows while it lives, so that others see it without comparing clocks. */
  readonly beats: number;
}

/** Work that one process does alone among all. */
export interface LeaseRow {
  readonly ownerId: string;
  readonly name: string;
  /** Who does it. */
  readonly process: string;
  /** 1: another process asked for its end. */
  readonly ending: Flag;
}

/** A source that was forgotten: ids and counts are all that stay. */
export interface TombstoneRow {
  readonly ownerId: string;
  readonly kind: 'document' | 'session' | 'message';
  readonly sourceId: string;
  readonly createdAt: number;
  /** JSON of counts by kind of what went; `null` until everything is gone. */
  readonly report: string | null;
  /** Of a message in a session with branches: the one before it, where what followed it hangs now. */
  readonly parentId?: string | null;
}

export interface VectorSlotRow {
  readonly ownerId: string;
  readonly slot: string;
  readonly modelId: string;
  readonly dimensions: number;
  readonly status: 'filling' | 'active' | 'retired';
  readonly createdAt: number;
}

/** Every table by its name in TypeScript; the database name is the snake_case of it. */
export interface LedgerTables {
  readonly spaces: SpaceRow;
  readonly users: UserRow;
  readonly accounts: AccountRow;
  readonly credentials: CredentialRow;
  readonly auditEntries: AuditEntryRow;
  readonly auditHeads: AuditHeadRow;
  readonly settings: SettingRow;
  readonly documents: DocumentRow;
  readonly documentPlaces: DocumentPlaceRow;
  readonly chatSessions: ChatSessionRow;
  readonly trainingJobs: TrainingJobRow;
  readonly jobs: JobRow;
  readonly jobLogs: JobLogRow;
  readonly queues: QueueRow;
  readonly intents: IntentRow;
  readonly processes: ProcessRow;
  readonly leases: LeaseRow;
  readonly tombstones: TombstoneRow;
  readonly vectorSlots: VectorSlotRow;
  readonly usage: UsageRow;
  readonly usageSums: UsageSumRow;
}

/** Owner of rows that belong to the installation, not to a person's space. */
export const SYSTEM_OWNER = '00000000-0000-0000-0000-000000000000';
