import type { Ctx } from '../core/context.ts';
import { documentTitles } from '../memory/document-titles.ts';
import type { DocumentPlaceRow, DocumentRow } from '../ports/ledger-rows.ts';
import type { Reads } from '../ports/ledger.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { DocumentView } from '../wire/documents.ts';

/** Leaves out what is null; the wire has no nulls. */
function present<T extends Readonly<Record<string, unknown>>>(fields: T) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: Exclude<T[K], null>;
  };
}

function viewOf(row: DocumentRow, places: readonly DocumentPlaceRow[]): DocumentView {
  const { language, contentTime, supersedes, supersededBy, reason } = row;
  return {
    id: row.id,
    filename: row.filename,
    contentType: row.contentType,
    sizeBytes: row.sizeBytes,
    sha256: row.sha256,
    status: row.status,
    canRetry: row.status === 'failed' && row.retryable === 1,
    tags: JSON.parse(row.tags) as string[],
    chunks: row.chunkCount,
    vectors: row.vectorCount,
    places: places.map(({ source, path }) => ({ source, path })),
    uploadedAt: row.uploadedAt,
    updatedAt: row.updatedAt,
    ...present({ reason, language, pages: row.pageCount, contentTime, supersedes, supersededBy }),
  };
}

/** What people see of documents, with their places but without their titles, in the order of the rows. */
export async function documentViews(reads: Reads, rows: readonly DocumentRow[]): Promise<DocumentView[]> {
  if (rows.length === 0) return [];
  const places = await reads.table('documentPlaces').list({
    where: { documentId: { in: rows.map(({ id }) => id) } },
    orderBy: [
      ['source', 'asc'],
      ['path', 'asc'],
    ],
  });
  const byDocument = Map.groupBy(places, ({ documentId }) => documentId);
  return rows.map((row) => viewOf(row, byDocument.get(row.id) ?? []));
}

/** The same with the titles of those that were read. */
export async function titledViews(
  views: readonly DocumentView[],
  deps: { readonly objects: Pick<ObjectStore, 'get'> },
  ctx: Ctx,
): Promise<DocumentView[]> {
  const read = views.filter(({ status }) => status === 'ready').map(({ id }) => id);
  const titles = await documentTitles(read, deps, ctx);
  return views.map((view) => {
    const title = titles.get(view.id);
    return title === undefined ? view : { ...view, title };
  });
}
