import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphStoreContract } from '../../../test/contracts/graph-store.ts';
import { STORE_OPTIONS, testWeaviate } from '../../../test/servers/weaviate.ts';
import type { WeaviateConnection } from '../connections/weaviate-connection.ts';
import { openWeaviateGraphStore } from './weaviate-graph-store.ts';

let connection: WeaviateConnection;
beforeAll(async () => {
  connection = await testWeaviate();
});
afterAll(() => connection.close());

const open = (given: { readonly replicas?: number } = {}) =>
  openWeaviateGraphStore({
    connection,
    prefix: 'Contract',
    ...STORE_OPTIONS,
    ...given,
  });

graphStoreContract('weaviate', () => open(), { runs: 10 });

test('refuses collections with another number of replicas', async () => {
  await expect(open({ replicas: 3 })).rejects.toMatchObject({ code: 'conflict' });
});
