import type { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import type { IngestDeps } from './deps.ts';
import { type ForgetChunksDeps, forgetChunks } from './forget-chunks.ts';
import { retireDocumentsKind } from './job-kinds.ts';
import { DocumentPayload } from './payloads.ts';

export type RetireDeps = ForgetChunksDeps & Pick<IngestDeps, 'ledger' | 'bus' | 'locks'>;

/** Documents that this one supersedes and that are still recalled. */
async function replacedBy(documentId: string, deps: RetireDeps, ctx: Ctx): Promise<string[]> {
  return deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const documents = tx.table('documents');
    const rows = await documents.list({ where: { supersededBy: documentId, status: { not: 'superseded' } } });
    return rows.map(({ id }) => id);
  });
}

async function retire(documentId: string, by: string, deps: RetireDeps, ctx: Ctx): Promise<void> {
  await deps.locks.exclusive(documentId, async () => {
    const meant = { id: documentId, supersededBy: by };
    const still = await deps.ledger.readsOf(ctx.ownerId).table('documents').count(meant);
    // Uploaded again, or deleted, since the list was made.
    if (still === 0) return;
    await forgetChunks(documentId, deps, ctx);
    await deps.ledger.forOwner(ctx.ownerId, (tx) =>
      tx.table('documents').update(meant, {
        status: 'superseded',
        processed: 0,
        chunkCount: 0,
        vectorCount: 0,
        updatedAt: tx.now,
      }),
    );
  });
  deps.bus.publish(ctx.ownerId, { kind: 'document-changed', documentId });
}

/**
 * Takes the documents that a ready document supersedes out of recall, and those that these superseded; originals stay.
 * Called when the document is ready, so recall never has a hole. Can run twice.
 */
export async function retireSuperseded(documentId: string, deps: RetireDeps, ctx: Ctx): Promise<number> {
  const waiting = [documentId];
  let retired = 0;
  for (let by = waiting.pop(); by !== undefined; by = waiting.pop()) {
    for (const replaced of await replacedBy(by, deps, ctx)) {
      await retire(replaced, by, deps, ctx);
      waiting.push(replaced);
      retired++;
    }
  }
  return retired;
}

/** Job that retires what a document superseded that was ready already when it took the place. */
export function retireDocumentsJob(deps: RetireDeps): JobDefinition<z.infer<typeof DocumentPayload>> {
  return {
    kind: retireDocumentsKind,
    queue: 'light',
    payload: DocumentPayload,
    timeLimitMs: 10 * 60_000,
    run: async ({ documentId }, _job, ctx) => ({ retired: await retireSuperseded(documentId, deps, ctx) }),
  };
}
