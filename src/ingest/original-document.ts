import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { ObjectKey } from '../core/object-keys.ts';
import type { DocumentRow } from '../ports/ledger-rows.ts';
import type { ByteRange } from '../ports/object-store.ts';
import type { IngestDeps } from './deps.ts';

/** Key of a document's original; rows hold only keys that `objectKeys` made. */
export function originalKey(row: Pick<DocumentRow, 's3Path'>): ObjectKey {
  return row.s3Path as ObjectKey;
}

/** The row of a document; throws `not-found`. */
export async function documentRow(
  documentId: string,
  deps: Pick<IngestDeps, 'ledger'>,
  ctx: Ctx,
): Promise<DocumentRow> {
  const row = await deps.ledger.readsOf(ctx.ownerId).table('documents').get({ id: documentId });
  if (row === undefined) throw new AppError('not-found', `There is no document ${documentId}.`);
  return row;
}

export interface OriginalDocument {
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The bytes as uploaded, whole or a range of them, also of a superseded document. Errors: `not-found`. */
export async function originalDocument(
  input: { readonly documentId: string; readonly range?: ByteRange },
  deps: Pick<IngestDeps, 'ledger' | 'objects'>,
  ctx: Ctx,
): Promise<OriginalDocument> {
  const row = await documentRow(input.documentId, deps, ctx);
  const bytes = deps.objects.read(ctx.ownerId, originalKey(row), input.range, ctx.signal);
  return { filename: row.filename, contentType: row.contentType, sizeBytes: row.sizeBytes, bytes };
}
