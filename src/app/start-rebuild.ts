import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import { rebuildKind } from '../ingest/job-kinds.ts';
import type { JobStarted } from '../wire/system.ts';
import type { Services } from './services.ts';

/**
 * Makes an owner's memory anew from the objects: conversations, then documents, in the job whose id is given, then vectors.
 * What is in memory serves meanwhile and is replaced item by item.
 */
export async function startRebuild(access: Access, { ledger }: Services, ctx: Ctx): Promise<JobStarted> {
  return ledger.forOwner(ctx.ownerId, async (tx) => {
    const payload = { userId: access.userId };
    const job = { kind: rebuildKind, queue: 'ingestion', payload, dedupKey: rebuildKind } as const;
    return { jobId: await tx.enqueue(job) };
  });
}
