import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  CONTRACT_BM25,
  SLOT,
  type StoreAtHand,
  never,
  storeAtHand,
} from '../../../../test/contracts/store-at-hand.ts';
import { chunk, idOf, message, samples, unit } from '../../../../test/contracts/memory-store-samples.ts';
import { type WeaviateCluster, weaviateCluster } from '../../../../test/servers/faults/weaviate-cluster.ts';
import { STORE_OPTIONS } from '../../../../test/servers/weaviate.ts';
import { newId } from '../../../core/ids.ts';
import { type WeaviateConnection, connectWeaviate } from '../../connections/weaviate-connection.ts';
import { openWeaviateMemoryStore } from './weaviate-memory-store.ts';

const WRITES_THROUGH = 0;
const MISSES = 2;
const PATIENCE = { timeout: 90_000, interval: 500 };

/** A store whose calls go through one node of a cluster, now this one, now that one. */
async function openSwitching(cluster: WeaviateCluster) {
  const connections = await Promise.all(
    cluster.nodes.map(({ http, grpc }) => connectWeaviate({ url: http, grpc })),
  );
  let node = WRITES_THROUGH;
  const current = () => connections[node] as WeaviateConnection;
  const connection: WeaviateConnection = {
    get client() {
      return current().client;
    },
    get rest() {
      return current().rest;
    },
    close: async () => {
      for (const one of connections) await one.close();
    },
  };
  const store = await openWeaviateMemoryStore({
    connection,
    prefix: 'Replicas',
    bm25: CONTRACT_BM25,
    ...STORE_OPTIONS,
    replicas: 3,
  });
  const close = async () => {
    await store.close();
    await connection.close();
  };
  return { store, close, through: (index: number) => void (node = index) };
}

describe('weaviate on three replicas', { timeout: 180_000 }, () => {
  let cluster: WeaviateCluster;
  let opened: Awaited<ReturnType<typeof openSwitching>>;
  let hand: StoreAtHand;
  beforeAll(async () => {
    cluster = await weaviateCluster();
    opened = await openSwitching(cluster);
    hand = storeAtHand(opened.store, newId());
    // The tenant and the slot are there before a node misses anything.
    await hand.store.upsert(hand.owner, [message('first'), chunk('doc')], never);
    await hand.putVectors(SLOT, [idOf('first')], unit(1, 0, 0));
  }, 180_000);
  afterAll(async () => {
    await opened?.close();
    await cluster?.close();
  });

  /** Does work while one node is away, then reads through that node, which has missed it. */
  async function whileAway(work: () => Promise<unknown>): Promise<void> {
    opened.through(WRITES_THROUGH);
    cluster.pause(MISSES);
    try {
      // Till the others know that it is away, they may wait for it in vain.
      await vi.waitFor(work, PATIENCE);
    } finally {
      cluster.resume(MISSES);
    }
    opened.through(MISSES);
  }

  test('finds a message by its words at the replica that missed it', async () => {
    await whileAway(() =>
      hand.store.upsert(hand.owner, [message('late', { terms: 'otter river', text: 'An otter.' })], never),
    );
    expect(await hand.found('otter')).toEqual([idOf('late')]);
    expect(await hand.store.get(hand.owner, [idOf('late')], never)).toMatchObject([{ text: 'An otter.' }]);
  });

  test('finds it by its meaning, lists it and has it in its place', async () => {
    await whileAway(async () => {
      await hand.store.upsert(hand.owner, [message('near', { terms: 'marsh', position: 7 })], never);
      await hand.putVectors(SLOT, [idOf('near')], unit(0, 1, 0));
    });
    const [best] = await hand.search(SLOT, unit(0, 1, 0));
    expect(best).toMatchObject({ id: idOf('near') });
    expect(best?.cosines[0]).toBeCloseTo(1, 4);
    const { items } = await hand.store.list(hand.owner, {}, { limit: 20 }, never);
    expect(items.map(({ id }) => id)).toContain(idOf('near'));
    const range = { sessionId: samples.sessions[0], from: 7, to: 7 };
    expect((await hand.store.at(hand.owner, [range], never)).map(({ id }) => id)).toEqual([idOf('near')]);
  });

  test('finds a replaced message by its new words only', async () => {
    await whileAway(() => hand.store.upsert(hand.owner, [message('first', { terms: 'kite' })], never));
    expect(await hand.found('kite')).toEqual([idOf('first')]);
    expect(await hand.found('heron', { ids: [idOf('first')] })).toEqual([]);
  });

  test('never finds what was removed while the replica was away', async () => {
    opened.through(WRITES_THROUGH);
    await hand.store.upsert(hand.owner, [message('gone', { terms: 'secret' })], never);
    await whileAway(() => hand.store.remove(hand.owner, { ids: [idOf('gone')] }, never));
    expect(await hand.found('secret')).toEqual([]);
    expect(await hand.store.get(hand.owner, [idOf('gone')], never)).toEqual([]);
  });

  test('writes and finds while one node is down for good', async () => {
    opened.through(WRITES_THROUGH);
    await cluster.kill(1);
    // The two that are left may first have to choose a new leader; till then a write is refused.
    await vi.waitFor(() => hand.store.upsert(hand.owner, [message('alone', { terms: 'beacon' })], never), {
      timeout: 60_000,
      interval: 500,
    });
    expect(await hand.found('beacon')).toEqual([idOf('alone')]);
    await cluster.start(1);
  });
});
