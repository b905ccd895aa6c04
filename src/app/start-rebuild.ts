import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { fillVectorsJobOf } from '../memory/fill-vectors.ts';
import type { JobStarted } from '../wire/system.ts';
import type { Services } from './services.ts';

/**
 * Makes an owner's memory anew from the objects: first conversations, then documents, then vectors. The job whose id is
 * given is the one of the documents; what is in memory serves meanwhile and is replaced item by item.
 */
export async function startRebuild(access: Access, { ledger }: Services, ctx: Ctx): Promise<JobStarted> {
  return ledger.forOwner(ctx.ownerId, async (tx) => {
    await tx.enqueue({
      kind: 'rebuild-chats',
      queue: 'ingestion',
      payload: { userId: access.userId },
      dedupKey: 'rebuild-chats',
    });
    const jobId = await tx.enqueue({
      kind: 'rebuild-documents',
      queue: 'ingestion',
      payload: {},
      dedupKey: 'rebuild-documents',
    });
    await tx.enqueue(fillVectorsJobOf());
    return { jobId };
  });
}
