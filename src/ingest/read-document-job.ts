import type { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { AppError, isAbort, toAppError } from '../core/errors.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import { type StateDeps, moveDocument } from './document-state.ts';
import { type IngestDocumentDeps, ingestDocument } from './ingest-document.ts';
import { readDocumentKind } from './job-kinds.ts';
import { DocumentPayload } from './payloads.ts';

/** Notes why a document could not be read, for people, and whether trying again can help. A ready one stays as it is. */
export async function markFailed(
  documentId: string,
  error: unknown,
  deps: StateDeps,
  ctx: Ctx,
): Promise<void> {
  const cause = isAbort(error)
    ? new AppError('timeout', 'Reading was cancelled before it ended.')
    : toAppError(error);
  const failed = { status: 'failed', reason: cause.message, retryable: cause.retryable ? 1 : 0 } as const;
  await moveDocument({ id: documentId, from: ['queued', 'reading', 'indexing'] }, failed, deps, ctx);
}

/**
 * Job that reads a document. A temporary failure is thrown and tried again by the queue; the document is `failed` only
 * after the last attempt, or when a person cancelled the job.
 */
export function readDocumentJob(deps: IngestDocumentDeps): JobDefinition<z.infer<typeof DocumentPayload>> {
  return {
    kind: readDocumentKind,
    queue: 'ingestion',
    payload: DocumentPayload,
    timeLimitMs: 30 * 60_000,
    async run({ documentId }, job, ctx) {
      const progress = (done: number, total: number) => job.progress(done, total, 'indexing');
      const outcome = await ingestDocument({ documentId, progress }, deps, ctx);
      if (outcome.outcome === 'ready') for (const warning of outcome.warnings) job.note(warning);
      return outcome;
    },
    onDead: ({ documentId }, error, ctx) => markFailed(documentId, error, deps, ctx),
  };
}
