import { afterAll, beforeAll } from 'vitest';
import { memoryStoreContract } from '../../../../test/contracts/memory-store.ts';
import { CONTRACT_BM25 } from '../../../../test/contracts/store-at-hand.ts';
import { serverVariable } from '../../../../test/servers/variables.ts';
import { silentLog } from '../../../core/context.ts';
import { type WeaviateConnection, connectWeaviate } from '../../connections/weaviate-connection.ts';
import { openWeaviateMemoryStore } from './weaviate-memory-store.ts';

let connection: WeaviateConnection;
beforeAll(async () => {
  connection = await connectWeaviate({
    url: serverVariable('JIWA_TEST_WEAVIATE'),
    grpc: serverVariable('JIWA_TEST_WEAVIATE_GRPC'),
  });
});
afterAll(() => connection.close());

const open = () =>
  openWeaviateMemoryStore({
    connection,
    prefix: 'Contract',
    replicas: 1,
    bm25: CONTRACT_BM25,
    now: Date.now,
    idleMs: 600_000,
    log: silentLog,
  });

memoryStoreContract(
  'weaviate',
  async () => {
    const store = await open();
    return {
      store,
      async reopen() {
        await store.close();
        return open();
      },
    };
  },
  { runs: 10, wordStatistics: 'eventual' },
);
