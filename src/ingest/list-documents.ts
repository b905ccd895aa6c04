import type { Ctx } from '../core/context.ts';
import type { z } from 'zod';
import type { DocumentRow } from '../ports/ledger-rows.ts';
import type { DocumentPage, DocumentQuery, DocumentView } from '../wire/documents.ts';
import type { IngestDeps } from './deps.ts';
import { type DocumentWhere, cursorOf, documentsAfter, readCursor } from './document-pages.ts';
import { documentViews, titledViews } from './document-views.ts';
import { documentRow } from './original-document.ts';

type Deps = Pick<IngestDeps, 'ledger'>;
type ViewDeps = Pick<IngestDeps, 'ledger' | 'objects'>;

/** Places read in one transaction: a name that most paths hold keeps nobody's write waiting. */
const PLACES_AT_ONCE = 1_000;

/** Ids of the documents of which a place's path contains `name`, each once, in pages. */
async function* idsByPath(name: string, { ledger }: Deps, ctx: Ctx): AsyncGenerator<readonly string[]> {
  for (let after = ''; ;) {
    ctx.signal.throwIfAborted();
    const where = { path: { contains: name }, documentId: { gt: after } };
    const places = await ledger
      .readsOf(ctx.ownerId)
      .table('documentPlaces')
      .list({ where, orderBy: [['documentId', 'asc']], limit: PLACES_AT_ONCE });
    if (places.length > 0) yield [...new Set(places.map(({ documentId }) => documentId))];
    if (places.length < PLACES_AT_ONCE) return;
    after = places.at(-1)?.documentId ?? after;
  }
}

/** Documents whose file name, or the path of one of whose places, contains `name`. */
async function named(
  name: string,
  find: (where: DocumentWhere) => Promise<DocumentRow[]>,
  deps: Deps,
  ctx: Ctx,
): Promise<DocumentRow[]> {
  const found = await find({ filename: { contains: name } });
  for await (const ids of idsByPath(name, deps, ctx)) found.push(...(await find({ id: { in: ids } })));
  const rows = new Map(found.map((row) => [row.id, row]));
  return [...rows.values()].sort((a, b) => b.uploadedAt - a.uploadedAt || (a.id < b.id ? -1 : 1));
}

/** A page of documents, newest first, superseded ones among them. Errors: `invalid-input` for a cursor that is none. */
export async function listDocuments(
  query: DocumentQuery,
  deps: ViewDeps,
  ctx: Ctx,
): Promise<z.infer<typeof DocumentPage>> {
  const { limit, name } = query;
  const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const inStatus: DocumentWhere = query.status === undefined ? {} : { status: query.status };
  const reads = deps.ledger.readsOf(ctx.ownerId);
  const find = (where: DocumentWhere) => documentsAfter(reads, { ...inStatus, ...where }, cursor, limit + 1);
  const rows = name === undefined || name === '' ? await find({}) : await named(name, find, deps, ctx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const items = await titledViews(await documentViews(reads, page), deps, ctx);
  return rows.length > limit && last !== undefined ? { items, next: cursorOf(last) } : { items };
}

/** One document; throws `not-found`. */
export async function getDocument(
  input: { readonly documentId: string },
  deps: ViewDeps,
  ctx: Ctx,
): Promise<DocumentView> {
  const row = await documentRow(input.documentId, deps, ctx);
  const views = await documentViews(deps.ledger.readsOf(ctx.ownerId), [row]);
  const [view] = await titledViews(views, deps, ctx);
  return view as DocumentView;
}

/** Ids of the documents that lie at a path that starts with `folder`, in any source. */
export async function documentsInFolder(
  input: { readonly folder: string },
  deps: Deps,
  ctx: Ctx,
): Promise<string[]> {
  const folder = input.folder.replaceAll('\\', '/').replace(/^\/+/, '');
  const places = await deps.ledger
    .readsOf(ctx.ownerId)
    .table('documentPlaces')
    .list({ where: { path: { contains: folder } } });
  const within = places.filter(({ path }) => path.startsWith(folder));
  return [...new Set(within.map(({ documentId }) => documentId))];
}
