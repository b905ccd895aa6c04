import type { Ctx } from '../core/context.ts';
import type { Ledger, OwnerTx } from '../ports/ledger.ts';
import type { MemoryStore } from '../ports/memory-store.ts';
import type { StatusView } from '../wire/system.ts';

export interface StatusDeps {
  readonly ledger: Ledger;
  readonly memory: MemoryStore;
  readonly activeSlot: () => string;
  /** What only the process knows. */
  readonly process: () => Pick<StatusView, 'version' | 'startedAt' | 'dataFolder' | 'memoryMb'>;
}

const DOCUMENT_STATES = ['queued', 'reading', 'indexing', 'ready', 'failed', 'superseded'] as const;
const JOB_STATES = ['queued', 'running', 'done', 'dead', 'cancelled'] as const;

async function countBy<S extends string>(
  states: readonly S[],
  count: (state: S) => Promise<number>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const state of states) {
    const number = await count(state);
    if (number > 0) counts[state] = number;
  }
  return counts;
}

async function ledgerCounts(tx: OwnerTx) {
  return {
    documents: await countBy(DOCUMENT_STATES, (status) => tx.table('documents').count({ status })),
    jobs: await countBy(JOB_STATES, (status) => tx.table('jobs').count({ status })),
    sessions: await tx.table('chatSessions').count(),
  };
}

/** How one owner's memory stands: counts, vectors n of m, jobs. */
export async function status(deps: StatusDeps, ctx: Ctx): Promise<StatusView> {
  const { memory } = deps;
  const slot = deps.activeSlot();
  const [counts, messages, chunks, coverage] = await Promise.all([
    deps.ledger.forOwner(ctx.ownerId, ledgerCounts),
    memory.count(ctx.ownerId, { kinds: ['message'] }, ctx.signal),
    memory.count(ctx.ownerId, { kinds: ['chunk'] }, ctx.signal),
    memory.vectorCoverage(ctx.ownerId, slot, { kinds: ['chunk', 'message'] }, ctx.signal),
  ]);
  const vectors = { done: coverage.vectors, of: coverage.items, model: slot.replace(/^text@/, '') };
  return { ...deps.process(), ...counts, messages, chunks, vectors };
}
