import type { Ctx } from '../../core/context.ts';
import type { OwnerTx } from '../../ports/ledger.ts';
import type { DocumentPlaceRow } from '../../ports/ledger-rows.ts';
import type { ChatStores } from '../chat-deps.ts';

/** A history that was taken in: its file lies under `raw/<id>/`. */
export interface ImportedFile {
  readonly id: string;
  /** The client's name of the file; data, never part of a key. */
  readonly filename: string;
  readonly importedAt: number;
}

const fromRow = (row: DocumentPlaceRow): ImportedFile => ({
  id: row.documentId,
  filename: row.path,
  importedAt: row.seenAt,
});

/**
 * Notes where an imported file lies. It is a raw document like any other and has a place row of its own kind: its
 * source is the import itself, so no folder or upload ever shows it.
 */
export async function noteImport(tx: OwnerTx, { id, filename, importedAt }: ImportedFile): Promise<void> {
  await tx.table('documentPlaces').upsert({ source: id, path: filename, documentId: id, seenAt: importedAt });
}

/** The imported file of that id; `undefined` when there is none. */
export async function findImport(id: string, deps: Pick<ChatStores, 'ledger'>, ctx: Ctx) {
  const row = await deps.ledger.forOwner(ctx.ownerId, (tx) =>
    tx.table('documentPlaces').get({ source: id, documentId: id }),
  );
  return row && fromRow(row);
}

/** All imported files, in the order they came. */
export async function listImports(deps: Pick<ChatStores, 'ledger'>, ctx: Ctx): Promise<ImportedFile[]> {
  const rows = await deps.ledger.forOwner(ctx.ownerId, (tx) =>
    tx.table('documentPlaces').list({ orderBy: [['seenAt', 'asc']] }),
  );
  return rows.filter(({ source, documentId }) => source === documentId).map(fromRow);
}

/** Forgets that a file was imported, once nothing of it is left. */
export async function dropImport(tx: OwnerTx, id: string): Promise<void> {
  await tx.table('documentPlaces').remove({ source: id, documentId: id });
}
