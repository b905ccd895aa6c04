import { batches, mapBounded } from '../../../core/bounded.ts';
import { AppError } from '../../../core/errors.ts';
import type { Turns } from '../../../core/turns.ts';
import type { ItemFilter, ItemKind, MemoryItem, MemoryStore } from '../../../ports/memory-store.ts';
import { idsFilter } from '../../connections/weaviate-conditions.ts';
import { collectionOf, kindsIn } from './collections.ts';
import { filterIn, isEmptyFilter } from './item-filter.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { presenceOf, vectorName } from './slot-names.ts';
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
}

async function earlierOf(
  tenants: readonly Tenant[],
  items: readonly MemoryItem[],
  signal: AbortSignal,
): Promise<Earlier[]> {
  const ids = items.map(({ id }) => id);
  const query = { filter: idsFilter(ids), limit: ids.length, properties: ['terms'] };
  const answers = await Promise.all(
    tenants.map(async (tenant) =>
      (await tenant.fetch(query, signal)).map((one) => ({
        tenant,
        id: one.id,
        terms: termsIn(one.properties),
      })),
    ),
  );
  return answers.flat();
}

/** The notes beside items of the vectors they have. */
async function notesOf(
  earlier: readonly Earlier[],
  { slots }: MemoryParts,
  signal: AbortSignal,
): Promise<Map<string, Record<string, true>>> {
  const notes = new Map<string, Record<string, true>>();
  const names = earlier.length === 0 ? [] : (await slots.all(signal)).map(presenceOf);
  if (names.length === 0) return notes;
  for (const [tenant, some] of Map.groupBy(earlier, (one) => one.tenant)) {
    const query = { filter: idsFilter(some.map(({ id }) => id)), limit: some.length, properties: names };
    for (const { id, properties } of await tenant.fetch(query, signal)) {
      const present = names.filter((name) => properties[name] === true);
      if (present.length > 0) notes.set(id, Object.fromEntries(present.map((name) => [name, true])));
    }
  }
  return notes;
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
  const notes = await notesOf(earlier, parts, signal);
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
      if (isEmptyFilter(filter)) {
        throw new AppError('invalid-input', 'Expected at least one condition on what to remove, got none.');
      }
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
      await turns(ownerId, () => Promise.all(all.map((tenant) => tenant.drop(signal))));
      parts.latest.forget(ownerId);
    },
  };
}
