import { batches } from '../../core/bounded.ts';
import type { Ctx } from '../../core/context.ts';
import type { OwnerTx } from '../../ports/ledger.ts';
import type { ChatSessionRow, DocumentPlaceRow } from '../../ports/ledger-rows.ts';
import type { ChatStores } from '../chat-deps.ts';

/** Sources that fit into one condition of a query. */
const SOURCES_AT_ONCE = 500;

/** A history that was taken in: its file lies under `raw/<id>/`. */
export interface ImportedFile {
  readonly id: string;
  /** The client's name of the file; data, never part of a key. */
  readonly filename: string;
  readonly importedAt: number;
}

/** Sources of place rows: an import's own, and those of conversations that other imports repeat. Uploads name theirs. */
const IMPORT = 'history-import:';
const REPEATED = 'repeated-session:';
/** Follows every text that begins with `IMPORT`. */
const AFTER_IMPORTS = 'history-import;';

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
  await tx
    .table('documentPlaces')
    .upsert({ source: `${IMPORT}${id}`, path: filename, documentId: id, seenAt: importedAt });
}

/** The imported file of that id; `undefined` when there is none. */
export async function findImport(id: string, deps: Pick<ChatStores, 'ledger'>, ctx: Ctx) {
  const row = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('documentPlaces')
    .get({ source: `${IMPORT}${id}`, documentId: id });
  return row && fromRow(row);
}

/** All imported files, in the order they came. */
export async function listImports(deps: Pick<ChatStores, 'ledger'>, ctx: Ctx): Promise<ImportedFile[]> {
  const rows = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('documentPlaces')
    .list({
      where: { source: { gte: IMPORT, lt: AFTER_IMPORTS } },
      orderBy: [['seenAt', 'asc']],
    });
  // A client can name a source of documents like that, but not after the document.
  return rows.filter(({ source, documentId }) => source === `${IMPORT}${documentId}`).map(fromRow);
}

/** Notes that a file repeats conversations which another file began: what is deleted of them must go from it, too. */
export async function noteRepeated(
  tx: OwnerTx,
  { id, importedAt }: Pick<ImportedFile, 'id' | 'importedAt'>,
  sessionIds: readonly string[],
): Promise<void> {
  const rows = sessionIds.map((sessionId) => ({
    source: `${REPEATED}${sessionId}`,
    path: id,
    documentId: id,
    seenAt: importedAt,
  }));
  if (rows.length > 0) await tx.table('documentPlaces').upsert(rows);
}

/** The imports in whose files conversations stand: those that began them, and those that repeat them. */
export async function importsHolding(
  tx: OwnerTx,
  sessions: readonly Pick<ChatSessionRow, 'id' | 'origin'>[],
): Promise<string[]> {
  const imported = sessions.filter(({ origin }) => origin !== 'chat');
  const found = new Set(imported.map(({ origin }) => origin));
  for (const run of batches(imported, SOURCES_AT_ONCE)) {
    const sources = run.map(({ id }) => `${REPEATED}${id}`);
    const rows = await tx.table('documentPlaces').list({ where: { source: { in: sources } } });
    for (const { documentId } of rows) found.add(documentId);
  }
  return [...found];
}

/** Forgets that a file was imported, once nothing of it is left. */
export async function dropImport(tx: OwnerTx, id: string): Promise<void> {
  await tx.table('documentPlaces').remove({ documentId: id });
}

/** Forgets which files repeat conversations that are gone. */
export async function dropRepeated(tx: OwnerTx, sessionIds: readonly string[]): Promise<void> {
  for (const run of batches(sessionIds, SOURCES_AT_ONCE))
    await tx.table('documentPlaces').remove({ source: { in: run.map((id) => `${REPEATED}${id}`) } });
}
