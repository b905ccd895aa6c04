import { batches, mapBounded } from '../../../core/bounded.ts';
import type { Turns } from '../../../core/turns.ts';
import type { ItemFilter, ItemKind, MemoryItem, MemoryStore } from '../../../ports/memory-store.ts';
import { allOf, condition, idsFilter } from '../../connections/weaviate-conditions.ts';
import { VECTOR_COLLECTION, collectionOf, kindsIn } from './collections.ts';
import { expectCondition } from '../empty-filter.ts';
import { filterIn } from './item-filter.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { notesIn, vectorName } from './slot-names.ts';
import { propertiesOf, termsIn } from './stored-item.ts';
import { dropVector, moveVectors, putVectors, removeVectors } from './vector-writes.ts';

type Writes = Pick<MemoryStore, 'upsert' | 'putVectors' | 'remove' | 'dropSlot' | 'removeOwner'>;

export interface WriteDeps {
  readonly parts: MemoryParts;
  /** Lets the writes of an owner go one after another: most read before they write. */
  readonly turns: Turns;
}

/** Ids that one filter names. */
const IDS_AT_ONCE = 1_000;
const REMOVALS_AT_ONCE = 4;

/** An object that an item is going to replace. */
interface Earlier {
  readonly tenant: Tenant;
  readonly id: string;
  readonly terms: string;
  /** Notes beside it of the vectors it has. */
  readonly notes: Readonly<Record<string, true>>;
}

async function earlierOf(
  tenants: readonly Tenant[],
  items: readonly MemoryItem[],
  signal: AbortSignal,
): Promise<Earlier[]> {
  const ids = items.map(({ id }) => id);
  // All properties: those that note vectors are not known by name, as another process may have made one.
  const query = { filter: idsFilter(ids), limit: ids.length };
  const answers = await Promise.all(
    tenants.map(async (tenant) =>
      (await tenant.fetch(query, signal)).map((one) => ({
        tenant,
        id: one.id,
        terms: termsIn(one.properties),
        notes: notesIn(one.properties),
      })),
    ),
  );
  return answers.flat();
}

/** Items that keep their terms keep their vectors, also when their kind moves them to the other collection. */
async function upsert(
  ownerId: string,
  items: readonly MemoryItem[],
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<void> {
  const now = new Map(items.map((item) => [item.id, item]));
  const versions = Map.groupBy(items, ({ id }) => id);
  const earlier = await earlierOf(parts.tenants(ownerId), items, signal);
  const notes = new Map(
    earlier.flatMap((one) => (Object.keys(one.notes).length > 0 ? [[one.id, one.notes] as const] : [])),
  );
  const unchanged = earlier.filter(
    ({ id, terms }) => versions.get(id)?.every((item) => item.terms === terms) === true,
  );
  const kept = new Set(unchanged.map(({ id }) => id).filter((id) => notes.has(id)));
  for (const [name, some] of Map.groupBy(now.values(), ({ kind }) => collectionOf(kind))) {
    const objects = some.map((item) => ({
      id: item.id,
      properties: { ...propertiesOf(item), ...(kept.has(item.id) && notes.get(item.id)) },
      vectors: {},
    }));
    await parts.tenant(ownerId, name).put(objects, signal);
  }
  const moved = earlier.filter(({ id, tenant }) => {
    const item = now.get(id);
    return item && collectionOf(item.kind) !== tenant.name;
  });
  for (const [tenant, some] of Map.groupBy(moved, (one) => one.tenant))
    await tenant.remove(idsFilter(some.map(({ id }) => id)), signal);
  await removeVectors(
    ownerId,
    [...notes.keys()].filter((id) => !kept.has(id)),
    parts,
    signal,
  );
  await moveVectors(
    ownerId,
    [...kept].flatMap((id) => now.get(id) ?? []),
    parts,
    signal,
  );
  parts.latest.written(ownerId, items);
}

/** Takes away the vectors of items that are gone: an earlier removal was cut off before it came to them. */
async function removeLeft(
  ownerId: string,
  filter: ItemFilter,
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<void> {
  const inside = filterIn(VECTOR_COLLECTION, filter);
  if (inside === undefined) return;
  for (let after: string | undefined; ;) {
    const rest = after === undefined ? inside : allOf(inside, condition('_id', 'GreaterThan', after));
    const query = { filter: rest, limit: IDS_AT_ONCE, order: [], properties: ['kind'] };
    const ids = (await parts.vectors(ownerId).fetch(query, signal)).map(({ id }) => id);
    if (ids.length === 0) return;
    // Another process may have written an item that matches meanwhile.
    const named = { filter: idsFilter(ids), limit: ids.length, properties: ['kind'] };
    const items = await Promise.all(parts.tenants(ownerId).map((tenant) => tenant.fetch(named, signal)));
    const there = new Set(items.flat().map(({ id }) => id));
    await removeVectors(
      ownerId,
      ids.filter((id) => !there.has(id)),
      parts,
      signal,
    );
    after = ids.at(-1);
  }
}

async function removeItems(
  ownerId: string,
  filter: ItemFilter,
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<Partial<Record<ItemKind, number>>> {
  const kinds = parts
    .tenants(ownerId)
    .flatMap((tenant) => kindsIn(tenant.name, filter).map((kind) => ({ tenant, kind })));
  const counts = await mapBounded(kinds, REMOVALS_AT_ONCE, async ({ tenant, kind }) => {
    const inside = filterIn(tenant.name, { ...filter, kinds: [kind] });
    const ids = inside === undefined ? [] : await tenant.remove(inside, signal);
    // Items first: who adds a vector meanwhile finds the item gone and takes the vector back.
    for (const some of batches(ids, IDS_AT_ONCE)) await removeVectors(ownerId, some, parts, signal);
    parts.latest.removed(ownerId, ids);
    return [kind, ids.length] as const;
  });
  await removeLeft(ownerId, filter, parts, signal);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** The calls that write. */
export function itemWrites({ parts, turns }: WriteDeps): Writes {
  return {
    async upsert(ownerId, items, signal) {
      if (items.length > 0) await turns(ownerId, () => upsert(ownerId, items, parts, signal));
    },
    async putVectors(ownerId, slot, vectors, signal) {
      if (vectors.length > 0)
        await turns(ownerId, () => putVectors(ownerId, { slot, given: vectors }, parts, signal));
    },
    async remove(ownerId, filter, signal) {
      expectCondition(filter);
      return turns(ownerId, () => removeItems(ownerId, filter, parts, signal));
    },
    async dropSlot(ownerId, slot, signal) {
      const vector = vectorName(slot);
      if (await parts.slots.has(vector, signal))
        await turns(ownerId, () => dropVector(ownerId, vector, parts, signal));
      parts.latest.dropped(ownerId, slot);
    },
    async removeOwner(ownerId, signal) {
      const all = [...parts.tenants(ownerId), parts.vectors(ownerId)];
      await turns(ownerId, () => mapBounded(all, all.length, (tenant) => tenant.drop(signal)));
      parts.latest.forget(ownerId);
    },
  };
}
