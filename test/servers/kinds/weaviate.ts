import { join } from 'node:path';
import { goProgram } from './go-program.ts';
import { reachGrpc } from './reach-grpc.ts';
import { reachHttp } from './reach-http.ts';
import type { Environment, Launch, Place, Server } from './server.ts';

const WEAVIATE = {
  module: 'github.com/weaviate/weaviate',
  folder: 'cmd/weaviate-server',
  version: 'v1.38.11',
  buildTime: 'about four minutes and 2.3 GB of sources',
};

/**
 * One node of Weaviate, without modules. REST, gossip and Raft listen on 127.0.0.1; for gRPC and the data port of the
 * cluster it has no setting, they listen on every interface.
 */
export const weaviate: Server = {
  name: 'weaviate',
  title: `Weaviate ${WEAVIATE.version}`,
  variables: ['JIWA_TEST_WEAVIATE', 'JIWA_TEST_WEAVIATE_GRPC'],
  portCount: 6,
  stopSignal: 'SIGTERM',
  prepare,
  reach,
};

async function prepare(place: Place): Promise<Launch> {
  const [http, grpc, gossip, data, raft, raftRpc] = place.ports.map(String) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    program: await goProgram(WEAVIATE, place),
    args: ['--scheme', 'http', '--host', '127.0.0.1', '--port', http],
    env: {
      PERSISTENCE_DATA_PATH: join(place.folder, 'data'),
      GRPC_PORT: grpc,
      CLUSTER_HOSTNAME: 'node1',
      CLUSTER_IN_LOCALHOST: 'true',
      CLUSTER_BIND_ADDR: '127.0.0.1',
      CLUSTER_ADVERTISE_ADDR: '127.0.0.1',
      CLUSTER_GOSSIP_BIND_PORT: gossip,
      CLUSTER_DATA_BIND_PORT: data,
      RAFT_PORT: raft,
      RAFT_INTERNAL_RPC_PORT: raftRpc,
      RAFT_BOOTSTRAP_EXPECT: '1',
      AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'true',
      AUTOSCHEMA_ENABLED: 'false',
      API_BASED_MODULES_DISABLED: 'true',
      DEFAULT_VECTORIZER_MODULE: 'none',
      DISABLE_TELEMETRY: 'true',
      GO_PROFILING_DISABLE: 'true',
      DISK_USE_READONLY_PERCENTAGE: '98',
      LOG_LEVEL: 'warning',
      LOG_FORMAT: 'text',
    },
    environment: {
      JIWA_TEST_WEAVIATE: `http://127.0.0.1:${http}`,
      JIWA_TEST_WEAVIATE_GRPC: `127.0.0.1:${grpc}`,
    },
  };
}

async function reach(environment: Environment, signal: AbortSignal): Promise<void> {
  await reachHttp(`${environment['JIWA_TEST_WEAVIATE']}/v1/.well-known/ready`, signal);
  await reachGrpc(environment['JIWA_TEST_WEAVIATE_GRPC'] ?? '', signal);
}
