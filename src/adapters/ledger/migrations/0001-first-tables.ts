import type { CreateTableBuilder, Kysely } from 'kysely';

/** Column types that mean the same in SQLite and PostgreSQL. */
type Type = 'text' | 'bigint' | 'integer';
type Column = readonly [type: Type, presence?: 'optional'];

interface TableSpec {
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
}

const text: Column = ['text'];
const textOrNull: Column = ['text', 'optional'];
const time: Column = ['bigint'];
const timeOrNull: Column = ['bigint', 'optional'];
const size: Column = ['bigint'];
const count: Column = ['integer'];
const countOrNull: Column = ['integer', 'optional'];
const flag: Column = ['integer'];

const PEOPLE: Readonly<Record<string, TableSpec>> = {
  spaces: { key: ['owner_id'], columns: { owner_id: text, name: text, created_at: time } },
  users: {
    key: ['owner_id', 'id'],
    columns: { owner_id: text, id: text, name: text, role: text, created_at: time },
  },
  credentials: {
    key: ['owner_id', 'id'],
    columns: {
      owner_id: text,
      id: text,
      user_id: text,
      kind: text,
      name: text,
      hash: text,
      created_at: time,
      expires_at: timeOrNull,
      last_used_at: timeOrNull,
      revoked_at: timeOrNull,
    },
  },
  settings: {
    key: ['owner_id', 'key'],
    columns: { owner_id: text, key: text, value: text, updated_at: time },
  },
};

const CONTENT: Readonly<Record<string, TableSpec>> = {
  documents: {
    key: ['owner_id', 'id'],
    columns: {
      owner_id: text,
      id: text,
      user_id: text,
      filename: text,
      content_type: text,
      s3_path: text,
      sha256: text,
      size_bytes: size,
      uploaded_at: time,
      updated_at: time,
      processed: flag,
      status: text,
      reason: textOrNull,
      retryable: flag,
      chunk_count: count,
      vector_count: count,
      title: textOrNull,
      language: textOrNull,
      page_count: countOrNull,
      tags: text,
      content_time: timeOrNull,
      supersedes: textOrNull,
      superseded_by: textOrNull,
    },
  },
  document_places: {
    key: ['owner_id', 'source', 'path'],
    columns: { owner_id: text, source: text, path: text, document_id: text, seen_at: time },
  },
  chat_sessions: {
    key: ['owner_id', 'id'],
    columns: {
      owner_id: text,
      id: text,
      user_id: text,
      title: text,
      summary: textOrNull,
      session_s3_path: text,
      created_at: time,
      updated_at: time,
      processed_for_training: flag,
      message_count: count,
      next_seq: count,
      origin: text,
      external_id: textOrNull,
    },
  },
  tombstones: {
    key: ['owner_id', 'kind', 'source_id'],
    columns: { owner_id: text, kind: text, source_id: text, created_at: time, report: textOrNull },
  },
  vector_slots: {
    key: ['owner_id', 'slot'],
    columns: {
      owner_id: text,
      slot: text,
      model_id: text,
      dimensions: count,
      status: text,
      created_at: time,
    },
  },
};

const WORK: Readonly<Record<string, TableSpec>> = {
  training_jobs: {
    key: ['owner_id', 'id'],
    columns: {
      owner_id: text,
      id: text,
      user_id: text,
      status: text,
      attempt: count,
      created_at: time,
      started_at: timeOrNull,
      completed_at: timeOrNull,
      lora_path: textOrNull,
      error: textOrNull,
    },
  },
  jobs: {
    key: ['owner_id', 'id'],
    columns: {
      owner_id: text,
      id: text,
      queue: text,
      kind: text,
      payload: text,
      dedup_key: textOrNull,
      priority: count,
      status: text,
      attempt: count,
      max_attempts: count,
      interruptions: count,
      run_at: time,
      lease_until: timeOrNull,
      worker: textOrNull,
      cancel_requested: flag,
      progress_done: count,
      progress_total: countOrNull,
      progress_note: textOrNull,
      error_code: textOrNull,
      error: textOrNull,
      result: textOrNull,
      created_at: time,
      started_at: timeOrNull,
      completed_at: timeOrNull,
    },
  },
  job_logs: {
    key: ['owner_id', 'job_id', 'seq'],
    columns: { owner_id: text, job_id: text, seq: count, at: time, line: text },
  },
  queues: { key: ['owner_id', 'name'], columns: { owner_id: text, name: text, paused: flag } },
  intents: {
    key: ['owner_id', 'id'],
    columns: { owner_id: text, id: text, kind: text, subject_id: text, payload: text, created_at: time },
  },
};

/** Index name, table, columns. */
const INDEXES: readonly (readonly [name: string, table: string, columns: readonly string[]])[] = [
  ['credentials_hash', 'credentials', ['hash']],
  ['documents_status', 'documents', ['owner_id', 'status']],
  ['documents_sha256', 'documents', ['owner_id', 'sha256']],
  ['documents_uploaded', 'documents', ['owner_id', 'uploaded_at']],
  ['document_places_document', 'document_places', ['owner_id', 'document_id']],
  ['chat_sessions_updated', 'chat_sessions', ['owner_id', 'updated_at']],
  ['chat_sessions_external', 'chat_sessions', ['owner_id', 'origin', 'external_id']],
  ['tombstones_source', 'tombstones', ['owner_id', 'source_id']],
  ['jobs_claim', 'jobs', ['status', 'queue', 'priority', 'run_at', 'id']],
  ['jobs_completed', 'jobs', ['status', 'completed_at']],
  ['jobs_created', 'jobs', ['owner_id', 'created_at']],
  ['jobs_dedup', 'jobs', ['owner_id', 'dedup_key', 'status']],
  ['intents_created', 'intents', ['created_at']],
];

async function createTable(db: Kysely<unknown>, name: string, spec: TableSpec): Promise<void> {
  let table: CreateTableBuilder<string> = db.schema.createTable(name);
  for (const [column, [type, presence]] of Object.entries(spec.columns)) {
    table = table.addColumn(column, type, (col) => (presence === 'optional' ? col : col.notNull()));
  }
  await table.addPrimaryKeyConstraint(`${name}_key`, [...spec.key] as never[]).execute();
}

/** The tables of the first release. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, spec] of Object.entries({ ...PEOPLE, ...CONTENT, ...WORK })) {
    await createTable(db, name, spec);
  }
  for (const [name, table, columns] of INDEXES) {
    await db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
}
