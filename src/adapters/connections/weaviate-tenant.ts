import { throwIfAborted } from './aborts.ts';
import type { WeaviateConnection } from './weaviate-connection.ts';
import { isNoTenant, weaviateError } from './weaviate-errors.ts';
import { CONSISTENCY, type TenantAccess } from './weaviate-tenant-access.ts';
import { tenantReads } from './weaviate-tenant-reads.ts';
import { tenantWrites } from './weaviate-tenant-writes.ts';

/** What one owner has in one collection. */
export type Tenant<N extends string> = ReturnType<typeof tenantOf<N>>;

async function call<T>(work: () => Promise<T>, nothing: T, signal: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  try {
    return await work();
  } catch (error) {
    if (isNoTenant(error)) return nothing;
    throw weaviateError(error, signal);
  }
}

/** In Weaviate the prefix stands before the name of the collection. */
export function tenantOf<N extends string>(
  { client, rest }: Pick<WeaviateConnection, 'client' | 'rest'>,
  prefix: string,
  name: N,
  ownerId: string,
) {
  const collection = client.collections.use(`${prefix}${name}`);
  const tenant = collection.withTenant(ownerId).withConsistency(CONSISTENCY);
  const access: TenantAccess = { rest, collection, tenant, ownerId, call };
  return { name, ...tenantReads(access), ...tenantWrites(access) };
}
