import type { Ctx } from '../core/context.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { MemoryStore } from '../ports/memory-store.ts';

interface CountDeps {
  readonly ledger: Ledger;
  readonly memory: MemoryStore;
  readonly bus: Pick<EventBus, 'publish'>;
}

/** Writes how many chunks of each document have a vector in the slot into its row, and tells who watches. */
export async function countVectors(
  documentIds: readonly string[],
  slot: string,
  deps: CountDeps,
  ctx: Ctx,
): Promise<void> {
  for (const documentId of documentIds) {
    const filter = { documentIds: [documentId], kinds: ['chunk'] } as const;
    const { vectors } = await deps.memory.vectorCoverage(ctx.ownerId, slot, filter, ctx.signal);
    const changed = await deps.ledger.forOwner(ctx.ownerId, (tx) =>
      tx
        .table('documents')
        .update({ id: documentId, vectorCount: { not: vectors } }, { vectorCount: vectors }),
    );
    if (changed > 0) deps.bus.publish(ctx.ownerId, { kind: 'document-changed', documentId });
  }
}

/** Documents whose row says that some chunk has no vector. */
export async function incompleteDocuments(deps: Pick<CountDeps, 'ledger'>, ctx: Ctx): Promise<string[]> {
  const rows = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('documents')
    .list({ where: { status: 'ready' } });
  return rows.filter(({ vectorCount, chunkCount }) => vectorCount !== chunkCount).map(({ id }) => id);
}
