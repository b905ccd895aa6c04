import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { isAbort, toAppError } from '../core/errors.ts';
import type { JobDefinition, JobRun } from '../ports/job-queue.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import { type IngestDocumentDeps, ingestDocument } from './ingest-document.ts';
import { rebuildDocumentsKind } from './job-kinds.ts';
import { enqueueReading } from './place-document.ts';
import { markFailed } from './read-document-job.ts';
import { withoutReading } from './settle-stranded.ts';

const Payload = z.strictObject({});

/** Documents whose chunks should exist: read once, or failed in a way that a newer reader may not. */
const REBUILT = { status: { in: ['ready', 'failed', 'reading', 'indexing'] } } as const;

interface RebuildReport {
  readonly rebuilt: number;
  readonly failed: number;
  /** Deleted or uploaded again meanwhile. */
  readonly left: number;
}

async function documentIds(tx: OwnerTx): Promise<string[]> {
  const rows = await tx.table('documents').list({ where: REBUILT, orderBy: [['id', 'asc']] });
  return rows.map(({ id }) => id);
}

async function rebuildOne(
  documentId: string,
  deps: IngestDocumentDeps,
  job: JobRun,
  ctx: Ctx,
): Promise<keyof RebuildReport> {
  try {
    const { outcome } = await ingestDocument({ documentId, progress: () => undefined }, deps, ctx);
    return outcome === 'ready' ? 'rebuilt' : 'left';
  } catch (error) {
    if (isAbort(error)) throw error;
    job.note(`${documentId}: ${toAppError(error).message}`);
    await markFailed(documentId, error, deps, ctx);
    return 'failed';
  }
}

/**
 * Job that makes chunk files and items of all documents anew from their originals; one that fails stops nothing. Can run
 * twice. When it ends early, the document it had in hand gets a reading of its own, so none is left half read.
 */
export function rebuildDocumentsJob(deps: IngestDocumentDeps): JobDefinition<z.infer<typeof Payload>> {
  return {
    kind: rebuildDocumentsKind,
    queue: 'ingestion',
    payload: Payload,
    timeLimitMs: 24 * 60 * 60_000,
    async run(_payload, job, ctx): Promise<RebuildReport> {
      const ids = await deps.ledger.forOwner(ctx.ownerId, documentIds);
      const report = { rebuilt: 0, failed: 0, left: 0 };
      for (const [index, id] of ids.entries()) {
        job.progress(index, ids.length, 'documents');
        report[await rebuildOne(id, deps, job, ctx)]++;
      }
      job.progress(ids.length, ids.length, 'documents');
      return report;
    },
    async onDead(_payload, _error, ctx) {
      await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
        for (const id of await withoutReading(tx)) await enqueueReading(tx, id);
      });
    },
  };
}
