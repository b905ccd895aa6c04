import type { Tenant as TenantIn } from '../../connections/weaviate-tenant.ts';
import type { LatestWrites } from './latest-writes.ts';
import type { ItemCollection, VECTOR_COLLECTION } from './collections.ts';
import type { Bm25 } from '../index/word-index.ts';
import type { Slots } from './slots.ts';

/** The items of one owner in one of the collections. */
export type Tenant = TenantIn<ItemCollection>;

/** What all calls of the store work with. */
export interface MemoryParts {
  readonly bm25: Bm25;
  readonly slots: Slots;
  readonly latest: LatestWrites;
  /** The owner's items, in each collection. */
  tenants(this: void, ownerId: string): readonly Tenant[];
  tenant(this: void, ownerId: string, name: ItemCollection): Tenant;
  /** The owner's vectors. */
  vectors(this: void, ownerId: string): TenantIn<typeof VECTOR_COLLECTION>;
}
