import { mapBounded } from '../../../core/bounded.ts';
import type { MemoryItem } from '../../../ports/memory-store.ts';
import { collectionOf } from './collections.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { itemOf, timeOf } from './stored-item.ts';
import type { Fetch } from '../../connections/weaviate-tenant-reads.ts';

/** Reads by id that bring a replica up to date, at once. */
const AT_ONCE = 8;

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
 * Asks all replicas for latest writes that the one which was asked has missed, which gives them to it. Gives those that are
 * nowhere, as another process has removed them: they are no latest writes any more.
 */
export async function lostOf(
  ownerId: string,
  missed: readonly MemoryItem[],
  { tenant, latest }: Pick<MemoryParts, 'tenant' | 'latest'>,
  signal: AbortSignal,
): Promise<ReadonlySet<MemoryItem>> {
  const there = await mapBounded(missed, AT_ONCE, ({ id, kind }) =>
    tenant(ownerId, collectionOf(kind)).mend(id, signal),
  );
  const lost = missed.filter((_, index) => there[index] === false);
  latest.lost(ownerId, lost);
  return new Set(lost);
}

/**
 * Items with the owner's latest writes laid over them: what was replaced is as it is now, what was removed or matches no
 * more is gone, what a replica missed is there.
 */
export async function laidOver(
  ownerId: string,
  {
    items,
    matches,
  }: { readonly items: readonly MemoryItem[]; matches(this: void, item: MemoryItem): boolean },
  parts: Pick<MemoryParts, 'tenant' | 'latest'>,
  signal: AbortSignal,
): Promise<MemoryItem[]> {
  const writes = parts.latest.of(ownerId);
  if (writes.size === 0) return [...items];
  const found = new Set(items.map(({ id }) => id));
  const rest = items.filter(({ id }) => !writes.has(id));
  const written = [...writes.values()].flatMap(({ item }) => (item && matches(item) ? item : []));
  const missed = written.filter(({ id }) => !found.has(id));
  const lost = await lostOf(ownerId, missed, parts, signal);
  return [...rest, ...written.filter((item) => !lost.has(item))];
}
