import type { Collection, FilterValue, Sort, Sorting } from 'weaviate-client';
import { unlessAborted } from './aborts.ts';
import { isNotFound } from './weaviate-errors.ts';
import { CONSISTENCY, type TenantAccess } from './weaviate-tenant-access.ts';

/** An object as Weaviate gives it. */
export interface Found {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** BM25 of Weaviate, of a search by words. */
  readonly score: number | undefined;
  /** Cosine distance, of a search by vector. */
  readonly distance: number | undefined;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

interface Wanted {
  readonly filter: FilterValue;
  readonly limit: number;
  /** Names of the properties that are read. */
  readonly properties: readonly string[];
}

export interface Fetch extends Omit<Wanted, 'properties'> {
  /** All of them by default. */
  readonly properties?: readonly string[];
  /** By these properties, then by id; by no order by default. */
  readonly order?: readonly (readonly [property: string, direction: 'asc' | 'desc'])[];
  /** With all vectors, which are not read by default. */
  readonly vectors?: boolean;
}

type Answer = Awaited<ReturnType<TenantAccess['tenant']['query']['fetchObjects']>>;

function foundIn({ objects }: Answer): Found[] {
  return objects.map(({ uuid, properties, metadata, vectors }) => ({
    id: uuid,
    properties,
    score: metadata?.score,
    distance: metadata?.distance,
    vectors: (vectors ?? {}) as Found['vectors'],
  }));
}

/** A text property; empty where the object has none. */
export function textOf({ properties }: Pick<Found, 'properties'>, name: string): string {
  const value = properties[name];
  return typeof value === 'string' ? value : '';
}

function sortingBy({ sort }: Collection, order: NonNullable<Fetch['order']>): Sorting<undefined> {
  return order
    .reduce<Sort<undefined>>((begun, [name, way]) => begun.byProperty(name as never, way === 'asc'), sort)
    .byId(true);
}

/** Reads one object from its replicas; says whether one has it. */
async function readFromReplicas({ rest, collection, ownerId }: TenantAccess, id: string): Promise<boolean> {
  const byId = rest.data.getterById().withClassName(collection.name).withId(id).withTenant(ownerId);
  try {
    await byId.withConsistencyLevel(CONSISTENCY).do();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Reads of an owner without a tenant find nothing. */
export function tenantReads(access: TenantAccess) {
  const { collection, tenant, call } = access;
  return {
    fetch(
      { filter, limit, properties, order, vectors = false }: Fetch,
      signal: AbortSignal,
    ): Promise<Found[]> {
      const query = {
        filters: filter,
        limit,
        ...(properties && { returnProperties: [...properties] }),
        includeVector: vectors,
        ...(order && { sort: sortingBy(collection, order) }),
      };
      const work = async () => foundIn(await tenant.query.fetchObjects(query, { abortSignal: signal }));
      return call(work, [], signal);
    },
    byWords(
      { property, text }: { readonly property: string; readonly text: string },
      { filter, limit, properties }: Wanted,
      signal: AbortSignal,
    ): Promise<Found[]> {
      const query = {
        queryProperties: [property],
        filters: filter,
        limit,
        returnMetadata: ['score' as const],
        returnProperties: [...properties],
      };
      const work = async () => foundIn(await tenant.query.bm25(text, query, { abortSignal: signal }));
      return call(work, [], signal);
    },
    byVector(
      { name, vector }: { readonly name: string; readonly vector: Float32Array },
      { filter, limit, properties }: Wanted,
      signal: AbortSignal,
    ): Promise<Found[]> {
      const query = {
        targetVector: name,
        filters: filter,
        limit,
        returnMetadata: ['distance' as const],
        returnProperties: [...properties],
      };
      const work = async () =>
        foundIn(await tenant.query.nearVector([...vector], query, { abortSignal: signal }));
      return call(work, [], signal);
    },
    count: (filter: FilterValue, signal: AbortSignal): Promise<number> =>
      call(
        // The client takes no signal here.
        async () => (await unlessAborted(tenant.aggregate.overAll({ filters: filter }), signal)).totalCount,
        0,
        signal,
      ),
    /** Reads one object from its replicas, which brings those up to date that missed it; says whether it exists. */
    mend: (id: string, signal: AbortSignal): Promise<boolean> =>
      call(() => readFromReplicas(access, id), false, signal),
  };
}
