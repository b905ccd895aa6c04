import {
  type WeaviateConnection,
  connectWeaviate,
} from '../../src/adapters/connections/weaviate-connection.ts';
import { silentLog } from '../../src/core/context.ts';
import { serverVariable } from './variables.ts';

/** A way to the Weaviate of this run; fails when it cannot be reached. */
export const testWeaviate = (): Promise<WeaviateConnection> =>
  connectWeaviate({
    url: serverVariable('JIWA_TEST_WEAVIATE'),
    grpc: serverVariable('JIWA_TEST_WEAVIATE_GRPC'),
  });

/** How the stores of a test are opened; nobody rests while it runs. */
export const STORE_OPTIONS = { replicas: 1, now: Date.now, idleMs: 600_000, log: silentLog } as const;
