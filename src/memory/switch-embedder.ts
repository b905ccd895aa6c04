import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import type { EmbedderModel } from '../ports/embedder.ts';
import type { JobDefinition } from '../ports/job-queue.ts';
import type { VectorSlotRow } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ItemFilter, MemoryStore } from '../ports/memory-store.ts';
import { EMBEDDED_KINDS, fillVectorsJobOf } from './fill-vectors.ts';
import { beginSlot } from './vector-slots.ts';

export interface SwitchStarted {
  readonly jobId: string;
  /** `filling`: the active model serves until every item has a vector of this one. */
  readonly status: VectorSlotRow['status'];
}

/**
 * Makes a model the one that embeds. The first is active at once; any later one is filled in the background while the active
 * one serves, and takes over when every item has its vector. The vectors before stay until they are dropped by the
 * job `drop-vector-slots`. Asking for the active model again only gives up a filling one.
 */
export async function switchEmbedder(
  input: { readonly model: EmbedderModel },
  deps: { readonly ledger: Ledger },
  ctx: Ctx,
): Promise<SwitchStarted> {
  return deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const status = await beginSlot(tx, input.model);
    return { status, jobId: await tx.enqueue(fillVectorsJobOf()) };
  });
}

/** A slot with how much of what should have a vector has one. */
export interface SlotCoverage extends Pick<VectorSlotRow, 'slot' | 'modelId' | 'dimensions' | 'status'> {
  readonly vectors: number;
  readonly of: number;
}

/** All slots of an owner, retired ones too, with vectors n of m, of everything or of what the filter says. */
export async function slotCoverage(
  input: { readonly filter?: ItemFilter },
  deps: { readonly ledger: Ledger; readonly memory: MemoryStore },
  ctx: Ctx,
): Promise<SlotCoverage[]> {
  const rows = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('vectorSlots')
    .list({
      orderBy: [
        ['createdAt', 'asc'],
        ['slot', 'asc'],
      ],
    });
  const filter = { kinds: EMBEDDED_KINDS, ...input.filter };
  const coverage: SlotCoverage[] = [];
  for (const { slot, modelId, dimensions, status } of rows) {
    const { vectors, items } = await deps.memory.vectorCoverage(ctx.ownerId, slot, filter, ctx.signal);
    coverage.push({ slot, modelId, dimensions, status, vectors, of: items });
  }
  return coverage;
}

const Payload = z.strictObject({});

/** Job that removes the vectors of retired slots; never queued but by a person. */
export function dropVectorSlotsJob(deps: {
  readonly ledger: Ledger;
  readonly memory: MemoryStore;
}): JobDefinition<z.infer<typeof Payload>> {
  return {
    kind: 'drop-vector-slots',
    queue: 'light',
    payload: Payload,
    timeLimitMs: 60 * 60_000,
    async run(_payload, _job, ctx) {
      const retired = await deps.ledger
        .readsOf(ctx.ownerId)
        .table('vectorSlots')
        .list({ where: { status: 'retired' } });
      for (const { slot } of retired) {
        await deps.memory.dropSlot(ctx.ownerId, slot, ctx.signal);
        await deps.ledger.forOwner(ctx.ownerId, (tx) =>
          tx.table('vectorSlots').remove({ slot, status: 'retired' }),
        );
      }
      return { dropped: retired.map(({ slot }) => slot) };
    },
  };
}
