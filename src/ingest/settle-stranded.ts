import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { OwnerTx } from '../ports/ledger.ts';
import type { StateDeps } from './document-state.ts';
import { readDocumentKind, rebuildDocumentsKind, rebuildKind } from './job-kinds.ts';
import { markFailed } from './read-document-job.ts';

const LIVE = { status: { in: ['queued', 'running'] } } as const;

/** Documents that are not read to their end and have no job of their own that would. */
export async function withoutReading(tx: OwnerTx): Promise<string[]> {
  const jobs = tx.table('jobs');
  const reading = await tx
    .table('documents')
    .list({ where: { status: { in: ['queued', 'reading', 'indexing'] } } });
  const live = await jobs.list({ where: { kind: readDocumentKind, ...LIVE } });
  const keys = new Set(live.map(({ dedupKey }) => dedupKey));
  return reading.map(({ id }) => id).filter((id) => !keys.has(`${readDocumentKind}:${id}`));
}

async function stranded(tx: OwnerTx): Promise<string[]> {
  // A rebuild reads documents that have no job of their own.
  const rebuilds = await tx
    .table('jobs')
    .count({ kind: { in: [rebuildDocumentsKind, rebuildKind] }, ...LIVE });
  return rebuilds > 0 ? [] : withoutReading(tx);
}

/**
 * Marks documents as failed (with retry) whose job is gone without a word: the process ended in every attempt, and in
 * burying it. For the start, before jobs run; gives how many there were.
 */
export async function settleStrandedDocuments(deps: StateDeps, ctx: Ctx): Promise<number> {
  const ids = await deps.ledger.forOwner(ctx.ownerId, stranded);
  for (const id of ids) {
    const error = new AppError('unavailable', 'Reading this file was stopped each time it was tried.');
    await markFailed(id, error, deps, ctx);
  }
  return ids.length;
}
