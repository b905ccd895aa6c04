import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { DocumentView } from '../wire/documents.ts';
import type { IngestDeps } from './deps.ts';
import { documentViews } from './document-views.ts';
import { enqueueReading } from './place-document.ts';

/**
 * Queues the reading of a failed document again, also where a second try will only help after something else changed (a
 * limit, a newer Jiwa). Errors: `not-found`; `conflict` when it has not failed.
 */
export async function retryDocument(
  input: { readonly documentId: string },
  deps: Pick<IngestDeps, 'ledger' | 'bus'>,
  ctx: Ctx,
): Promise<DocumentView> {
  const { documentId } = input;
  const view = await deps.ledger.forOwner(ctx.ownerId, async (tx) => {
    const documents = tx.table('documents');
    const row = await documents.get({ id: documentId });
    if (row === undefined) throw new AppError('not-found', `There is no document ${documentId}.`);
    if (row.status !== 'failed')
      throw new AppError(
        'conflict',
        `Only a failed document can be tried again; “${row.filename}” is ${row.status}.`,
      );
    await documents.update(
      { id: documentId },
      { status: 'queued', reason: null, retryable: 0, updatedAt: tx.now },
    );
    await enqueueReading(tx, documentId);
    const [document] = await documentViews(tx, await documents.list({ where: { id: documentId } }));
    return document as DocumentView;
  });
  deps.bus.publish(ctx.ownerId, { kind: 'document-changed', documentId });
  return view;
}
