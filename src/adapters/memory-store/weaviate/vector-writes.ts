import { isDeepStrictEqual } from 'node:util';
import { mapBounded } from '../../../core/bounded.ts';
import type { MemoryItem, MemoryStore } from '../../../ports/memory-store.ts';
import { condition, idsFilter } from '../../connections/weaviate-conditions.ts';
import type { Found } from '../../connections/weaviate-tenant-reads.ts';
import { SEARCHED_PROPERTIES } from './collections.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { presenceOf, vectorName } from './slot-names.ts';
import { searchedOnly, searchedPropertiesOf } from './stored-item.ts';

type NewVectors = Parameters<MemoryStore['putVectors']>[2];

/** Objects that are changed one by one, at once. */
const AT_ONCE = 8;
/** Objects read at once while a slot is dropped. */
const PORTION = 200;

/** Takes the vectors of these items away. */
export async function removeVectors(
  ownerId: string,
  ids: readonly string[],
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<void> {
  if (ids.length > 0) await parts.vectors(ownerId).remove(idsFilter(ids), signal);
}

/** The vectors of these items, of all slots, with what stands beside them. */
async function fetchVectors(
  ownerId: string,
  ids: readonly string[],
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<Found[]> {
  if (ids.length === 0) return [];
  const query = { filter: idsFilter(ids), limit: ids.length, properties: SEARCHED_PROPERTIES, vectors: true };
  return parts.vectors(ownerId).fetch(query, signal);
}

/** Gives what stands beside the vectors of these items anew, as the items are now. */
export async function moveVectors(
  ownerId: string,
  items: readonly MemoryItem[],
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<void> {
  const now = new Map(items.map((item) => [item.id, searchedPropertiesOf(item)]));
  const found = await fetchVectors(ownerId, [...now.keys()], parts, signal);
  const objects = found.flatMap(({ id, properties: before, vectors }) => {
    const properties = now.get(id);
    // Vectors that are put anew are indexed anew.
    if (properties === undefined || isDeepStrictEqual(searchedOnly(before), properties)) return [];
    return { id, properties, vectors };
  });
  await parts.vectors(ownerId).put(objects, signal);
}

/** Notes beside each item that it has the vector; gives the ids of items that are gone. */
async function noteVectors(
  tenant: Tenant,
  found: readonly Found[],
  vector: string,
  signal: AbortSignal,
): Promise<string[]> {
  const unnoted = found.filter(({ properties }) => properties[presenceOf(vector)] !== true);
  const there = await mapBounded(unnoted, AT_ONCE, ({ id }) =>
    tenant.merge({ id, properties: { [presenceOf(vector)]: true }, vectors: {} }, signal),
  );
  return unnoted.filter((_, index) => there[index] !== true).map(({ id }) => id);
}

/** Vectors first, then the notes beside the items, which show at once what has gone meanwhile: its vector goes, too. */
export async function putVectors(
  ownerId: string,
  { slot, given }: { readonly slot: string; readonly given: NewVectors },
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<void> {
  const vector = vectorName(slot);
  const values = new Map(given.map((one) => [one.id, one.vector]));
  const ids = [...values.keys()];
  await parts.slots.make(vector, signal);
  const properties = [...SEARCHED_PROPERTIES, presenceOf(vector)];
  const before = await fetchVectors(ownerId, ids, parts, signal);
  const earlier = new Map(before.map((one) => [one.id, one.vectors]));
  const query = { filter: idsFilter(ids), limit: ids.length, properties };
  const tenants = parts.tenants(ownerId);
  await mapBounded(tenants, tenants.length, async (tenant) => {
    const found = await tenant.fetch(query, signal);
    const objects = found.map((one) => ({
      id: one.id,
      properties: searchedOnly(one.properties),
      vectors: { ...earlier.get(one.id), [vector]: [...(values.get(one.id) ?? [])] },
    }));
    await parts.vectors(ownerId).put(objects, signal);
    await removeVectors(ownerId, await noteVectors(tenant, found, vector, signal), parts, signal);
  });
  parts.latest.embedded(ownerId, slot, given);
}

/** A vector cannot be taken from an object, so the object is put anew without it, or goes with its last one. */
async function withoutVector(
  ownerId: string,
  ids: readonly string[],
  { parts, vector }: { readonly parts: MemoryParts; readonly vector: string },
  signal: AbortSignal,
): Promise<void> {
  const found = await fetchVectors(ownerId, ids, parts, signal);
  const left = found.flatMap(({ id, properties, vectors: before }) => {
    const vectors = Object.fromEntries(Object.entries(before).filter(([name]) => name !== vector));
    return Object.keys(vectors).length > 0 ? { id, properties: searchedOnly(properties), vectors } : [];
  });
  const staying = new Set(left.map(({ id }) => id));
  const gone = ids.filter((id) => !staying.has(id));
  await removeVectors(ownerId, gone, parts, signal);
  await parts.vectors(ownerId).put(left, signal);
}

/** Takes one vector from all items of an owner. */
export async function dropVector(
  ownerId: string,
  vector: string,
  parts: MemoryParts,
  signal: AbortSignal,
): Promise<void> {
  const filter = condition(presenceOf(vector), 'Equal', true);
  for (const tenant of parts.tenants(ownerId)) {
    for (;;) {
      const found = await tenant.fetch({ filter, limit: PORTION, properties: ['kind'] }, signal);
      const ids = found.map(({ id }) => id);
      if (ids.length === 0) break;
      await withoutVector(ownerId, ids, { parts, vector }, signal);
      await mapBounded(ids, AT_ONCE, (id) =>
        tenant.merge({ id, properties: { [presenceOf(vector)]: false }, vectors: {} }, signal),
      );
    }
  }
}
