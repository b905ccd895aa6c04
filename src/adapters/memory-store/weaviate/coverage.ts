import { Filters, type FilterValue } from 'weaviate-client';
import type { ItemFilter, MemoryStore } from '../../../ports/memory-store.ts';
import { allOf, condition } from '../../connections/weaviate-conditions.ts';
import { filterIn } from './item-filter.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { fetchItems, oldestFirst } from './read-items.ts';
import { presenceOf, vectorName } from './slot-names.ts';

/** Whether items have a vector in the slot. */
interface Presence {
  readonly slot: string;
  readonly present: boolean;
}

/** The items of a collection that match and have, or lack, a vector; `undefined` when there can be none. */
async function presenceFilter(
  { name }: Tenant,
  filter: ItemFilter,
  { slot, present }: Presence,
  { slots, signal }: Pick<MemoryParts, 'slots'> & { readonly signal: AbortSignal },
): Promise<FilterValue | undefined> {
  const [inside, vector] = [filterIn(name, filter), vectorName(slot)];
  if (inside === undefined) return undefined;
  if (!(await slots.has(vector, signal))) return present ? undefined : inside;
  const has = condition(presenceOf(vector), 'Equal', true);
  return allOf(inside, present ? has : Filters.not(has));
}

async function sum(
  tenants: readonly Tenant[],
  filterOf: (tenant: Tenant) => Promise<FilterValue | undefined> | FilterValue | undefined,
  signal: AbortSignal,
): Promise<number> {
  const counts = await Promise.all(
    tenants.map(async (tenant) => {
      const filter = await filterOf(tenant);
      return filter === undefined ? 0 : tenant.count(filter, signal);
    }),
  );
  return counts.reduce((total, count) => total + count, 0);
}

/** How many items there are and which lack a vector. */
export function coverageOf(
  parts: MemoryParts,
): Pick<MemoryStore, 'count' | 'withoutVector' | 'vectorCoverage'> {
  const { slots } = parts;
  const countItems: MemoryStore['count'] = (ownerId, filter, signal) =>
    sum(parts.tenants(ownerId), ({ name }) => filterIn(name, filter), signal);
  return {
    count: countItems,
    async withoutVector(ownerId, slot, ...[filter, limit, signal]) {
      const tenants = parts.tenants(ownerId);
      const lacking = { slot, present: false };
      const filters = await Promise.all(
        tenants.map(
          async (tenant) =>
            [tenant, await presenceFilter(tenant, filter, lacking, { slots, signal })] as const,
        ),
      );
      const missing = new Map(filters);
      const query = (tenant: Tenant) => {
        const inside = missing.get(tenant);
        return inside && { filter: inside, limit, order: [['time', 'asc']] as const };
      };
      return (await fetchItems(tenants, query, signal)).toSorted(oldestFirst).slice(0, limit);
    },
    async vectorCoverage(ownerId, slot, filter, signal) {
      const having = { slot, present: true };
      const [items, vectors] = await Promise.all([
        countItems(ownerId, filter, signal),
        sum(
          parts.tenants(ownerId),
          (tenant) => presenceFilter(tenant, filter, having, { slots, signal }),
          signal,
        ),
      ]);
      return { items, vectors };
    },
  };
}
