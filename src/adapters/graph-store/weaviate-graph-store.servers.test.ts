import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphStoreContract } from '../../../test/contracts/graph-store.ts';
import { serverVariable } from '../../../test/servers/variables.ts';
import { silentLog } from '../../core/context.ts';
import { type WeaviateConnection, connectWeaviate } from '../connections/weaviate-connection.ts';
import { openWeaviateGraphStore } from './weaviate-graph-store.ts';

let connection: WeaviateConnection;
beforeAll(async () => {
  connection = await connectWeaviate({
    url: serverVariable('JIWA_TEST_WEAVIATE'),
    grpc: serverVariable('JIWA_TEST_WEAVIATE_GRPC'),
  });
});
afterAll(() => connection.close());

const open = (given: { readonly replicas?: number } = {}) =>
  openWeaviateGraphStore({
    connection,
    prefix: 'Contract',
    replicas: 1,
    now: Date.now,
    idleMs: 600_000,
    log: silentLog,
    ...given,
  });

graphStoreContract(
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
  { runs: 10 },
);

test('refuses collections with another number of replicas', async () => {
  await expect(open({ replicas: 3 })).rejects.toMatchObject({ code: 'conflict' });
});
