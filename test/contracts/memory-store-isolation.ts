import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import type { MemoryStore } from '../../src/ports/memory-store.ts';
import { chunk, idOf, message, samples, unit } from './memory-store-samples.ts';
import { SLOT, type StoreAtHand, never } from './store-at-hand.ts';

const items = [message('same', { tags: ['red'], sources: [samples.documents[0]] }), chunk('same-chunk')];
const ids = items.map(({ id }) => id);

/** Everything a reader of one owner can see of the items, by every method that reads. */
async function seen(store: MemoryStore, ownerId: string) {
  const request = {
    terms: [{ term: 'heron', weight: 1 }],
    vectors: [{ slot: SLOT, vector: unit(1, 0, 0) }],
    filter: {},
    candidates: 9,
  };
  const filter = { tags: ['red'], sources: [samples.documents[0]] };
  return {
    get: await store.get(ownerId, ids, never),
    search: await store.search(ownerId, request, never),
    filtered: await store.search(ownerId, { ...request, filter }, never),
    at: await store.at(ownerId, [{ sessionId: samples.sessions[0], from: 0, to: 9 }], never),
    list: await store.list(ownerId, {}, { limit: 9 }, never),
    count: await store.count(ownerId, filter, never),
    withoutVector: await store.withoutVector(ownerId, SLOT, {}, 9, never),
    coverage: await store.vectorCoverage(ownerId, SLOT, {}, never),
  };
}

/** No call for one owner shows or changes anything of another, even where ids and texts are the same. */
export function memoryStoreIsolation(at: () => StoreAtHand): void {
  describe('owners', () => {
    let store: MemoryStore;
    let ann: string;
    let boris: string;
    beforeEach(async () => {
      store = at().store;
      [ann, boris] = [newId(), newId()];
      for (const owner of [ann, boris]) {
        await store.upsert(owner, items, never);
        await store.putVectors(owner, SLOT, [{ id: idOf('same'), vector: unit(0.6, 0.8, 0) }], never);
      }
    });

    afterEach(async () => {
      for (const owner of [ann, boris]) await store.removeOwner(owner, never);
    });

    test('without items see nothing of the items of others', async () => {
      expect(await seen(store, newId())).toEqual({
        get: [],
        search: [],
        filtered: [],
        at: [],
        list: { items: [] },
        count: 0,
        withoutVector: [],
        coverage: { items: 0, vectors: 0 },
      });
    });

    const writes: Record<string, (owner: string) => Promise<unknown>> = {
      'replace an item': (owner) =>
        store.upsert(owner, [message('same', { terms: 'lake lake lake' })], never),
      'change an item': (owner) =>
        store.upsert(owner, [{ ...(items[0] as (typeof items)[0]), tags: [], trust: 0 }], never),
      'add an item': (owner) => store.upsert(owner, [message('more')], never),
      'put a vector': (owner) =>
        store.putVectors(owner, SLOT, [{ id: idOf('same'), vector: unit(0, 0, 1) }], never),
      'remove items': (owner) => store.remove(owner, { ids }, never),
      'remove by source': (owner) => store.remove(owner, { sources: [samples.documents[0]] }, never),
      'drop a slot': (owner) => store.dropSlot(owner, SLOT, never),
      go: (owner) => store.removeOwner(owner, never),
    };
    test.each(Object.keys(writes))('that %s leave others with the same ids as they were', async (write) => {
      const before = await seen(store, boris);
      expect(before.search).toHaveLength(2);
      expect(before.coverage).toEqual({ items: 2, vectors: 1 });
      const annBefore = await seen(store, ann);
      await (writes[write] as (owner: string) => Promise<unknown>)(ann);
      expect(await seen(store, boris)).toEqual(before);
      expect(await seen(store, ann)).not.toEqual(annBefore);
    });
  });
}
