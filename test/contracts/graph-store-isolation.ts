import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import type { GraphStore } from '../../src/ports/graph-store.ts';
import { SOURCES, entity, graph, idOf, relation } from './graph-store-samples.ts';
import { type GraphAtHand, never } from './graph-at-hand.ts';

/** Everything a reader of one owner can see, by every method that reads. */
async function seen(store: GraphStore, ownerId: string) {
  return {
    entities: await store.entities(ownerId, [idOf('same'), idOf('more')], never),
    relations: await store.relations(ownerId, [idOf('same')], never),
    named: await store.named(ownerId, ['Ann'], 9, never),
    relationsOf: await store.relationsOf(ownerId, [idOf('a')], 9, never),
    list: await store.list(ownerId, { limit: 9 }, never),
    count: await store.count(ownerId, never),
  };
}

/** No call for one owner shows or changes anything of another, even where ids and names are the same. */
export function graphStoreIsolation(at: () => GraphAtHand): void {
  describe('owners', () => {
    let store: GraphStore;
    let [ann, boris] = ['', ''];
    beforeEach(async () => {
      store = at().store;
      [ann, boris] = [newId(), newId()];
      for (const owner of [ann, boris])
        await store.upsert(owner, graph([entity('same')], [relation('same')]), never);
    });
    afterEach(async () => {
      for (const owner of [ann, boris]) await store.removeOwner(owner, never);
    });

    test('without a graph see nothing of the graphs of others', async () => {
      expect(await seen(store, newId())).toEqual({
        entities: [],
        relations: [],
        named: [],
        relationsOf: [],
        list: graph([]),
        count: { entities: 0, relations: 0 },
      });
    });

    const writes: Record<string, (owner: string) => Promise<unknown>> = {
      'replace an entity': (owner) => store.upsert(owner, graph([entity('same', { name: 'Eve' })]), never),
      'replace a relation': (owner) =>
        store.upsert(owner, graph([], [relation('same', { to: idOf('c') })]), never),
      'add an entity': (owner) => store.upsert(owner, graph([entity('more')]), never),
      'forget a source': (owner) => store.forget(owner, [SOURCES[0]], never),
      go: (owner) => store.removeOwner(owner, never),
    };
    test.each(Object.keys(writes))('that %s leave others with the same ids as they were', async (write) => {
      const before = await seen(store, boris);
      expect(before.count).toEqual({ entities: 1, relations: 1 });
      expect(before.named).toEqual([entity('same')]);
      await (writes[write] as (owner: string) => Promise<unknown>)(ann);
      expect(await seen(store, boris)).toEqual(before);
      expect(await seen(store, ann)).not.toEqual(before);
    });

    test('that went may come again', async () => {
      await store.removeOwner(ann, never);
      await store.removeOwner(ann, never);
      expect(await store.count(ann, never)).toEqual({ entities: 0, relations: 0 });
      await store.upsert(ann, graph([entity('more')]), never);
      expect(await store.list(ann, { limit: 9 }, never)).toEqual(graph([entity('more')]));
    });
  });
}
