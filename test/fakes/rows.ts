import { newId } from '../../src/core/ids.ts';
import type { DocumentRow, IntentRow, JobRow, SettingRow } from '../../src/ports/ledger-rows.ts';

type Own<R> = Omit<R, 'ownerId'>;

/** A document row with every column set, changed by what the test gives. */
export function documentRow(changes: Partial<Own<DocumentRow>> = {}): Own<DocumentRow> {
  const id = changes.id ?? newId();
  return {
    id,
    userId: 'user',
    filename: 'notes.txt',
    contentType: 'text/plain',
    s3Path: `raw/${id}/original.txt`,
    sha256: 'ab'.repeat(32),
    sizeBytes: 12,
    uploadedAt: 1_735_689_600_000,
    updatedAt: 1_735_689_600_000,
    processed: 0,
    status: 'queued',
    reason: null,
    retryable: 0,
    chunkCount: 0,
    vectorCount: 0,
    language: null,
    pageCount: null,
    tags: '[]',
    contentTime: null,
    supersedes: null,
    supersededBy: null,
    ...changes,
  };
}

export function settingRow(key: string, value = '"value"'): Own<SettingRow> {
  return { key, value, updatedAt: 1_735_689_600_000 };
}

export function intentRow(changes: Partial<Own<IntentRow>> = {}): Own<IntentRow> {
  return {
    id: newId(),
    kind: 'write',
    subjectId: 'subject',
    payload: '{}',
    createdAt: 1_735_689_600_000,
    process: 'an earlier one',
    ...changes,
  };
}

/** A queued job's row. */
export function jobRow(changes: Partial<Own<JobRow>> = {}): Own<JobRow> {
  return {
    id: newId(),
    queue: 'light',
    kind: 'work',
    payload: 'null',
    dedupKey: null,
    priority: 10,
    status: 'queued',
    attempt: 0,
    maxAttempts: 3,
    interruptions: 0,
    runAt: 1_735_689_600_000,
    leaseUntil: null,
    worker: null,
    cancelRequested: 0,
    progressDone: 0,
    progressTotal: null,
    progressNote: null,
    errorCode: null,
    error: null,
    result: null,
    createdAt: 1_735_689_600_000,
    startedAt: null,
    completedAt: null,
    ...changes,
  };
}
