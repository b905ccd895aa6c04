import { mapBounded } from '../../core/bounded.ts';
import type { Log } from '../../core/context.ts';
import type { GraphStore } from '../../ports/graph-store.ts';
import { allOf, condition, idsFilter } from '../connections/weaviate-conditions.ts';
import type { WeaviateConnection } from '../connections/weaviate-connection.ts';
import { idleTenants } from '../connections/weaviate-idle-tenants.ts';
import { type CollectionOptions, ensureCollections } from '../connections/weaviate-schema.ts';
import { type Fetch, textOf } from '../connections/weaviate-tenant-reads.ts';
import type { Stored } from '../connections/weaviate-tenant-writes.ts';
import { type Tenant, tenantOf } from '../connections/weaviate-tenant.ts';
import { graphStoreOver } from './graph-store-over.ts';
import type { GraphRow, GraphTable, Key, RowKind } from './graph-tables.ts';
import { COLLECTIONS, type CollectionName, GRAPH_SCHEMA, KEY_PROPERTIES } from './weaviate-collections.ts';

export interface WeaviateGraphStoreOptions extends CollectionOptions {
  /** Stays open. */
  readonly connection: WeaviateConnection;
  readonly now: () => number;
  /** An owner unused for so long leaves the memory of Weaviate till the next call. */
  readonly idleMs: number;
  readonly log: Log;
}

/** One batch goes in one request. */
const BATCH_ITEMS = 200;
/** Before every id that is given. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * The graph store in Weaviate, a tenant for each owner in two collections: `TenantEntity` and `TenantRelation`. Limits:
 * owner ids are names of tenants (4 to 64 letters, digits, `-` and `_`), other ids UUIDs; on several replicas, reads but
 * those by id may miss what another replica has until they have told each other. Errors: `invalid-input`, `aborted`,
 * `timeout`, `storage-full`, `unavailable`, `unsupported` (schema of a newer version), `conflict` (collection of somebody
 * else, other replicas), `internal`.
 */
export async function openWeaviateGraphStore(options: WeaviateGraphStoreOptions): Promise<GraphStore> {
  const { connection, prefix } = options;
  await ensureCollections(connection.client, GRAPH_SCHEMA, options);
  const tenant = (ownerId: string, kind: RowKind) => tenantOf(connection, prefix, COLLECTIONS[kind], ownerId);
  const tenants = (ownerId: string) => [tenant(ownerId, 'entity'), tenant(ownerId, 'relation')];
  const idle = idleTenants({
    ...options,
    async deactivate(ownerId) {
      const { signal } = new AbortController();
      await Promise.all(tenants(ownerId).map((each) => each.deactivate(signal)));
    },
  });
  return graphStoreOver({
    batchItems: BATCH_ITEMS,
    table(ownerId, kind) {
      idle.used(ownerId);
      return tableOf(tenant(ownerId, kind));
    },
    async removeOwner(ownerId, signal) {
      const all = tenants(ownerId);
      await mapBounded(all, all.length, (each) => each.drop(signal));
    },
    close: async () => idle.close(),
  });
}

function storedRow({ id, keys, strength, createdAt, body }: GraphRow): Stored {
  const values = Object.entries(keys).map(([name, list]) => [
    KEY_PROPERTIES[name as keyof typeof keys],
    list,
  ]);
  return { id, properties: { ...Object.fromEntries(values), strength, createdAt, body }, vectors: {} };
}

const withKey = ({ name, values }: Key) => condition(KEY_PROPERTIES[name], 'ContainsAny', values);
const afterId = (id: string) => condition('_id', 'GreaterThan', id === '' ? FIRST_ID : id);

function tableOf(tenant: Tenant<CollectionName>): GraphTable {
  const bodies = async (query: Omit<Fetch, 'properties'>, signal: AbortSignal) => {
    const found = await tenant.fetch({ ...query, properties: ['body'] }, signal);
    return found.map((object) => textOf(object, 'body'));
  };
  return {
    put: (rows, signal) => tenant.put(rows.map(storedRow), signal),
    byIds: (ids, signal) => bodies({ filter: idsFilter(ids), limit: ids.length }, signal),
    strongest: (key, limit, signal) => {
      const order = [
        ['strength', 'desc'],
        ['createdAt', 'desc'],
      ] as const;
      return bodies({ filter: withKey(key), limit, order }, signal);
    },
    page: ({ after, limit, key }, signal) => {
      const filter = key === undefined ? afterId(after) : allOf(withKey(key), afterId(after));
      return bodies({ filter, limit, order: [] }, signal);
    },
    remove: async (ids, signal) => void (await tenant.remove(idsFilter(ids), signal)),
    count: (signal) => tenant.count(afterId(''), signal),
  };
}
