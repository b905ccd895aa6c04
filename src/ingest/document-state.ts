import type { Ctx } from '../core/context.ts';
import type { DocumentRow, DocumentStatus } from '../ports/ledger-rows.ts';
import type { IngestDeps } from './deps.ts';

export type StateDeps = Pick<IngestDeps, 'ledger' | 'bus'>;

type Patch = Partial<Omit<DocumentRow, 'ownerId' | 'id'>>;

/**
 * Changes a document that is in one of the states `from`, and tells who watches. Gives the row as it is then, or
 * `undefined` (and changes nothing) when it is in another state or gone: somebody else decided about it meanwhile.
 */
export async function moveDocument(
  document: { readonly id: string; readonly from: readonly DocumentStatus[] },
  patch: Patch,
  deps: StateDeps,
  ctx: Ctx,
): Promise<DocumentRow | undefined> {
  const { id, from } = document;
  const row = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const documents = tx.table('documents');
    const moved = await documents.update({ id, status: { in: from } }, { ...patch, updatedAt: tx.now });
    return moved === 0 ? undefined : documents.get({ id });
  });
  if (row !== undefined) deps.bus.publish(ctx.ownerId, { kind: 'document-changed', documentId: id });
  return row;
}

/** The row if the document still is in this state. */
export async function documentIn(
  id: string,
  status: DocumentStatus,
  deps: Pick<IngestDeps, 'ledger'>,
  ctx: Ctx,
): Promise<DocumentRow | undefined> {
  return deps.ledger.readsOf(ctx.ownerId).table('documents').get({ id, status });
}
