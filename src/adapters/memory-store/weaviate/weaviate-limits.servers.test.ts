import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf, message, samples, unit } from '../../../../test/contracts/memory-store-samples.ts';
import { CONTRACT_BM25, SLOT, never, storeAtHand } from '../../../../test/contracts/store-at-hand.ts';
import { STORE_OPTIONS, testWeaviate } from '../../../../test/servers/weaviate.ts';
import { newId } from '../../../core/ids.ts';
import type { MemoryItem, MemoryStore } from '../../../ports/memory-store.ts';
import type { WeaviateConnection } from '../../connections/weaviate-connection.ts';
import { COLLECTIONS } from './collections.ts';
import { type WeaviateMemoryStoreOptions, openWeaviateMemoryStore } from './weaviate-memory-store.ts';

/** Collections of a run's own, as the tests change them. */
const PREFIX = `Limits${randomInt(1_000_000)}`;
const MANY = 10_100;

describe('weaviate memory store', { timeout: 120_000 }, () => {
  let connection: WeaviateConnection;
  beforeAll(async () => {
    connection = await testWeaviate();
  });
  afterAll(async () => {
    for (const name of COLLECTIONS) await connection.client.collections.delete(`${PREFIX}${name}`);
    await connection.close();
  });

  const open = (given: Partial<WeaviateMemoryStoreOptions> = {}) =>
    openWeaviateMemoryStore({
      connection,
      prefix: PREFIX,
      bm25: CONTRACT_BM25,
      ...STORE_OPTIONS,
      ...given,
    });
  const collection = () => connection.client.collections.use(`${PREFIX}TenantMemory`);
  async function upsertAll(store: MemoryStore, owner: string, items: readonly MemoryItem[]): Promise<void> {
    const { batchItems } = store.limits;
    for (let from = 0; from < items.length; from += batchItems)
      await store.upsert(owner, items.slice(from, from + batchItems), never);
  }

  test('reads and removes more than Weaviate gives or deletes at once', async () => {
    const [store, owner] = [await open(), newId()];
    const items = Array.from({ length: MANY }, (_, position) =>
      message(position, { position, createdAt: position, terms: `word${position % 7}` }),
    );
    await upsertAll(store, owner, items);
    const range = { sessionId: samples.sessions[0], from: 0, to: 1_000_000 };
    const placed = await store.at(owner, [range], never);
    expect(placed.map(({ position }) => position)).toEqual(items.map(({ position }) => position));
    expect(await store.remove(owner, { kinds: ['message'] }, never)).toEqual({ message: MANY });
    expect(await store.count(owner, {}, never)).toBe(0);
    await store.removeOwner(owner, never);
  });

  test('gives all items of many ranges, and of one place that has more than a portion', async () => {
    const [store, owner] = [await open(), newId()];
    const crowd = Array.from({ length: 1_100 }, (_, n) => message(n, { position: 3 }));
    await upsertAll(store, owner, [...crowd, message('end', { position: 1_500 })]);
    const range = { sessionId: samples.sessions[0], from: 3, to: 1_500 };
    expect(await store.at(owner, [range], never)).toHaveLength(crowd.length + 1);
    await upsertAll(
      store,
      owner,
      Array.from({ length: 9_000 }, (_, n) => message(`more ${n}`, { position: 100 + (n % 100) })),
    );
    const near = { sessionId: samples.sessions[0], from: 0, to: 99 };
    const far = { sessionId: samples.sessions[0], from: 100, to: 199 };
    expect(await store.at(owner, [near, far], never)).toHaveLength(crowd.length + 9_000);
    await store.removeOwner(owner, never);
  });

  test('removes the vectors of items whose removal was cut off before', async () => {
    const [store, owner] = [await open(), newId()];
    await store.upsert(owner, [message('a')], never);
    await store.putVectors(owner, SLOT, [{ id: idOf('a'), vector: unit(1, 0, 0) }], never);
    await collection().withTenant(owner).data.deleteById(idOf('a'));
    expect(await store.remove(owner, { sessionIds: [samples.sessions[0]] }, never)).toEqual({});
    expect(await storeAtHand(store, owner).search(SLOT, unit(1, 0, 0))).toEqual([]);
    await store.removeOwner(owner, never);
  });

  test('has an owner back from rest at the next call', async () => {
    let now = Date.now();
    const [store, owner] = [await open({ now: () => now, idleMs: 50 }), newId()];
    await store.upsert(owner, [message('a')], never);
    now += 60;
    const statuses = async () => {
      const tenant = await collection().tenants.getByName(owner);
      return tenant?.activityStatus;
    };
    await expect.poll(statuses, { timeout: 10_000 }).toBe('INACTIVE');
    expect(await storeAtHand(store, owner).found('heron')).toEqual([idOf('a')]);
    expect(await statuses()).toBe('ACTIVE');
    await store.removeOwner(owner, never);
    await store.close();
  });

  test('makes a slot once, however many processes need it at the same moment', async () => {
    const stores = await Promise.all([open(), open(), open()]);
    const owner = newId();
    const slots = ['text@one', 'text@two', 'text@three'];
    await stores[0].upsert(owner, [message('a')], never);
    await Promise.all(
      stores.map((store, n) =>
        store.putVectors(owner, slots[n] ?? SLOT, [{ id: idOf('a'), vector: unit(1, 0, 0) }], never),
      ),
    );
    for (const slot of slots)
      expect(await stores[0].vectorCoverage(owner, slot, {}, never)).toEqual({ items: 1, vectors: 1 });
    await stores[0].removeOwner(owner, never);
  });

  test('takes a change of the constants of BM25 over', async () => {
    await open({ bm25: { k1: 1.1, b: 0.4 } });
    expect((await collection().config.get()).invertedIndex.bm25).toEqual({ k1: 1.1, b: 0.4 });
  });

  test('refuses other replicas than the collections have', async () => {
    await open();
    await expect(open({ replicas: 3 })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('refuses a newer schema, and a collection of somebody else', async () => {
    await open();
    const { description } = await collection().config.get();
    await collection().config.update({ description: 'Memory of Jiwa, schema 999' });
    await expect(open()).rejects.toMatchObject({ code: 'unsupported' });
    await collection().config.update({ description: 'Ours.' });
    await expect(open()).rejects.toMatchObject({ code: 'conflict' });
    await collection().config.update({ description: description ?? '' });
    await expect(open()).resolves.toBeDefined();
  });
});
