import { rebuildKind } from '../ingest/job-kinds.ts';
import { fillVectorsJobOf } from '../memory/fill-vectors.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import type { Ledger } from '../ports/ledger.ts';

export interface RebuildMemoryDeps {
  readonly ledger: Ledger;
  readonly chats: JobDefinition<{ readonly userId: string }>;
  readonly documents: JobDefinition<Record<string, never>>;
}

/**
 * Job that makes an owner's memory anew: all conversations, then all documents, at last the vectors, in a job of their own. Its
 * end is the end of both, so whoever follows it sees all that goes wrong.
 */
export function rebuildMemoryJob({ ledger, chats, documents }: RebuildMemoryDeps) {
  return {
    kind: rebuildKind,
    queue: 'ingestion',
    payload: chats.payload,
    timeLimitMs: chats.timeLimitMs + documents.timeLimitMs,
    async run(payload, job, ctx) {
      const conversations = await chats.run(payload, job, ctx);
      const read = await documents.run({}, job, ctx);
      await ledger.forOwner(ctx.ownerId, (tx) => tx.enqueue(fillVectorsJobOf()));
      return { conversations, documents: read };
    },
    onDead: async (_payload, error, ctx) => documents.onDead?.({}, error, ctx),
  } satisfies JobDefinition<{ readonly userId: string }>;
}
