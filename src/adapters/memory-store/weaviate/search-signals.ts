import type { FilterValue } from 'weaviate-client';
import type { ItemKind, SearchRequest } from '../../../ports/memory-store.ts';
import { idsFilter } from '../../connections/weaviate-conditions.ts';
import type { Found } from '../../connections/weaviate-tenant-reads.ts';
import { VECTOR_COLLECTION, collectionOf } from './collections.ts';
import { filterIn } from './item-filter.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { vectorName } from './slot-names.ts';
import { type WordQuery, wordQuery } from './word-query.ts';

/** Something that scores items: the words of a collection, or one of the vectors. */
export interface Signal {
  /** Which score it gives: 0 for words, then the vectors in the order of the request. */
  readonly place: number;
  readonly scores: (kind: ItemKind) => boolean;
  /** The best; or of these ids only, with none left out and nothing but their scores. */
  ask(limit: number, ids?: readonly string[]): Promise<Found[]>;
  /** In our unit, from what Weaviate gave. */
  value(found: Found): number;
}

/** What is named by its id is known already, but for its score. */
const asked = (filter: FilterValue, limit: number, ids: readonly string[] | undefined) =>
  ids === undefined
    ? { filter, limit, properties: ['signals'] }
    : { filter: idsFilter(ids), limit, properties: [] };

function wordSignal(tenant: Tenant, query: WordQuery, filter: FilterValue, signal: AbortSignal): Signal {
  const words = { property: 'terms', text: query.text };
  return {
    place: 0,
    scores: (kind) => collectionOf(kind) === tenant.name,
    ask: (limit, ids) => tenant.byWords(words, asked(filter, limit, ids), signal),
    value: ({ score = 0 }) => score * query.factor,
  };
}

/** The signals of a request that anything stored can have. */
export async function signalsFor(
  ownerId: string,
  request: SearchRequest,
  { bm25, slots, tenants, vectors }: MemoryParts,
  signal: AbortSignal,
): Promise<Signal[]> {
  const query = wordQuery(request.terms, bm25);
  const words = tenants(ownerId).flatMap((tenant) => {
    const filter = filterIn(tenant.name, request.filter);
    return query && filter ? wordSignal(tenant, query, filter, signal) : [];
  });
  const filter = filterIn(VECTOR_COLLECTION, request.filter);
  if (filter === undefined) return words;
  const near = await Promise.all(
    request.vectors.map(async ({ slot, vector }, index): Promise<Signal[]> => {
      const wanted = { name: vectorName(slot), vector };
      if (!(await slots.has(wanted.name, signal))) return [];
      return [
        {
          place: index + 1,
          scores: () => true,
          ask: (limit, ids) => vectors(ownerId).byVector(wanted, asked(filter, limit, ids), signal),
          value: ({ distance = 1 }) => 1 - distance,
        },
      ];
    }),
  );
  return [...words, ...near.flat()];
}
