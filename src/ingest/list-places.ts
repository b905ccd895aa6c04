import type { Ctx } from '../core/context.ts';
import type { DocumentPlaceRow } from '../ports/ledger-rows.ts';
import type { Reads } from '../ports/ledger.ts';
import type { PlacePage, PlaceQuery, SourcePage, SourceQuery } from '../wire/documents.ts';
import type { IngestDeps } from './deps.ts';
import { shownPath } from './document-names.ts';

type Deps = Pick<IngestDeps, 'ledger'>;

/** Follows `/` among the characters: what begins with a folder and `/` ends before the folder and this. */
const AFTER_SLASH = '0';

/** Names of the sources that begin with a text, by name; one short query each, however many places they have. */
export async function listSources(query: SourceQuery, deps: Deps, ctx: Ctx): Promise<SourcePage> {
  const { prefix, limit, cursor } = query;
  const reads = deps.ledger.readsOf(ctx.ownerId);
  const places = reads.table('documentPlaces');
  const items: { source: string }[] = [];
  let last = cursor;
  while (items.length < limit) {
    const where = { source: last === undefined ? { gte: prefix } : { gt: last } };
    const [next] = await places.list({ where, orderBy: [['source', 'asc']], limit: 1 });
    if (next === undefined || !next.source.startsWith(prefix)) return { items };
    last = next.source;
    items.push({ source: next.source });
  }
  return last === undefined ? { items } : { items, next: last };
}

async function placesAfter(reads: Reads, query: PlaceQuery, limit: number): Promise<DocumentPlaceRow[]> {
  const { source, cursor = '' } = query;
  const under = query.under === undefined ? undefined : shownPath(query.under);
  const below = under === undefined ? {} : { gte: `${under}/`, lt: `${under}${AFTER_SLASH}` };
  const where = { source, path: { gt: cursor, ...below } };
  return reads.table('documentPlaces').list({ where, orderBy: [['path', 'asc']], limit });
}

/** Places of a source where a document was found, by path, with how many places in all its document has. */
export async function listPlaces(query: PlaceQuery, deps: Deps, ctx: Ctx): Promise<PlacePage> {
  const reads = deps.ledger.readsOf(ctx.ownerId);
  const rows = await placesAfter(reads, query, query.limit + 1);
  const page = rows.slice(0, query.limit);
  const ids = [...new Set(page.map(({ documentId }) => documentId))];
  const all =
    ids.length === 0 ? [] : await reads.table('documentPlaces').list({ where: { documentId: { in: ids } } });
  const byDocument = Map.groupBy(all, ({ documentId }) => documentId);
  const items = page.map(({ path, documentId, seenAt }) => ({
    path,
    documentId,
    documentPlaces: byDocument.get(documentId)?.length ?? 1,
    seenAt,
  }));
  const last = page.at(-1);
  return rows.length > page.length && last !== undefined ? { items, next: last.path } : { items };
}
