import type { MemoryItem } from '../../../ports/memory-store.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { itemOf, timeOf } from './stored-item.ts';
import type { Fetch } from '../../connections/weaviate-tenant-reads.ts';

export const byId = (a: MemoryItem, b: MemoryItem) => (a.id < b.id ? -1 : 1);
export const newestFirst = (a: MemoryItem, b: MemoryItem) => timeOf(b) - timeOf(a) || byId(a, b);
export const oldestFirst = (a: MemoryItem, b: MemoryItem) => timeOf(a) - timeOf(b) || byId(a, b);

/** The items of all collections that a query is made for. */
export async function fetchItems(
  tenants: readonly Tenant[],
  query: (tenant: Tenant) => Fetch | undefined,
  signal: AbortSignal,
): Promise<MemoryItem[]> {
  const answers = await Promise.all(
    tenants.map(async (tenant) => {
      const asked = query(tenant);
      return asked === undefined ? [] : tenant.fetch(asked, signal);
    }),
  );
  return answers.flat().map(({ id, properties }) => itemOf(id, properties));
}

/**
 * Items with the owner's latest writes laid over them: what was replaced is as it is now, what was removed or matches no
 * more is gone, what a replica missed is there.
 */
export function laidOver(
  items: readonly MemoryItem[],
  { latest }: Pick<MemoryParts, 'latest'>,
  ownerId: string,
  matches: (item: MemoryItem) => boolean,
): MemoryItem[] {
  const writes = latest.of(ownerId);
  if (writes.size === 0) return [...items];
  const written = [...writes.values()].flatMap(({ item }) => (item && matches(item) ? item : []));
  return [...items.filter(({ id }) => !writes.has(id)), ...written];
}
