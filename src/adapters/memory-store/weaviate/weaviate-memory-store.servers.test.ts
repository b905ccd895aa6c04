import { afterAll, beforeAll } from 'vitest';
import { memoryStoreContract } from '../../../../test/contracts/memory-store.ts';
import { CONTRACT_BM25 } from '../../../../test/contracts/store-at-hand.ts';
import { STORE_OPTIONS, testWeaviate } from '../../../../test/servers/weaviate.ts';
import type { WeaviateConnection } from '../../connections/weaviate-connection.ts';
import { openWeaviateMemoryStore } from './weaviate-memory-store.ts';

let connection: WeaviateConnection;
beforeAll(async () => {
  connection = await testWeaviate();
});
afterAll(() => connection.close());

const open = () =>
  openWeaviateMemoryStore({
    connection,
    prefix: 'Contract',
    bm25: CONTRACT_BM25,
    ...STORE_OPTIONS,
  });

memoryStoreContract('weaviate', open, { runs: 10, wordStatistics: 'eventual' });
