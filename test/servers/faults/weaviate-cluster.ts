import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts } from '../command/free-ports.ts';
import type { Place } from '../kinds/server.ts';
import { weaviate } from '../kinds/weaviate.ts';
import { type FaultyProcess, faultyProcess } from './faulty-process.ts';

const SYNCHRONISED_LIMIT_MS = 90_000;
const LOOK_EVERY_MS = 200;
const NODES = [0, 1, 2] as const;

export interface ClusterNode {
  readonly name: string;
  /** `http://host:port`. */
  readonly http: string;
  /** `host:port`. */
  readonly grpc: string;
}

/** Three nodes of Weaviate in one cluster on this machine, counted from 0. Two of them are a quorum. */
export interface WeaviateCluster {
  readonly nodes: readonly [ClusterNode, ClusterNode, ClusterNode];
  stop(node: number): Promise<void>;
  /** Ends a node without warning. */
  kill(node: number): Promise<void>;
  /** Starts a stopped node again, on its data; resolves when it serves requests and knows the whole cluster. */
  start(node: number): Promise<void>;
  /** The node keeps its connections and answers nothing until `resume`. */
  pause(node: number): void;
  resume(node: number): void;
  /** Resolves when these nodes, all by default, say that each runs and is level with the others. */
  synchronised(nodes?: readonly number[]): Promise<void>;
  /** Ends all nodes and removes their data. */
  close(): Promise<void>;
}

interface Member extends ClusterNode {
  readonly process: FaultyProcess;
}

/** Starts all nodes together, as none serves before two know each other; resolves when they are level. About 10 s. */
export async function weaviateCluster(): Promise<WeaviateCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-weaviate-cluster-'));
  const ports = await freePorts(weaviate.portCount * NODES.length);
  const members = await Promise.all(NODES.map((index) => prepareMember(index, { folder, ports })));
  const member = (index: number) => {
    const one = members[index];
    if (one === undefined) throw new Error(`Expected a node 0, 1 or 2, got ${index}.`);
    return one;
  };
  const cluster: WeaviateCluster = {
    nodes: [member(0), member(1), member(2)],
    stop: (node) => member(node).process.stop(),
    kill: (node) => member(node).process.kill(),
    async start(node) {
      await member(node).process.start();
      await member(node).process.ready();
      await synchronised([member(node)]);
    },
    pause: (node) => member(node).process.pause(),
    resume: (node) => member(node).process.resume(),
    synchronised: (nodes = NODES) => synchronised(nodes.map(member)),
    async close() {
      await Promise.all(members.map(({ process }) => process.kill()));
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all(members.map(({ process }) => process.start()));
    await Promise.all(members.map(({ process }) => process.ready()));
    await cluster.synchronised();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

/** A node finds the others by the gossip port of the first, and in Raft by every Raft port. */
async function prepareMember(
  index: number,
  { folder, ports }: Pick<Place, 'folder' | 'ports'>,
): Promise<Member> {
  const portsOf = (node: number) => ports.slice(node * weaviate.portCount, (node + 1) * weaviate.portCount);
  const gossipOfFirst = portsOf(0)[2];
  const raft = NODES.map((node) => `${nameOf(node)}:${portsOf(node)[4]}`);
  const place = await mkdtemp(join(folder, `${nameOf(index)}-`));
  const alone = await weaviate.prepare({
    folder: place,
    ports: portsOf(index),
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  const launch = {
    ...alone,
    env: {
      ...alone.env,
      CLUSTER_HOSTNAME: nameOf(index),
      ...(index > 0 && { CLUSTER_JOIN: `127.0.0.1:${gossipOfFirst}` }),
      RAFT_JOIN: raft.join(','),
      RAFT_BOOTSTRAP_EXPECT: String(NODES.length),
      RAFT_BOOTSTRAP_TIMEOUT: '90',
      GOMEMLIMIT: '1GiB',
      MEMBERLIST_FAST_FAILURE_DETECTION: 'true',
    },
  };
  return {
    name: nameOf(index),
    http: launch.environment['JIWA_TEST_WEAVIATE'] ?? '',
    grpc: launch.environment['JIWA_TEST_WEAVIATE_GRPC'] ?? '',
    process: faultyProcess(weaviate, launch, place),
  };
}

function nameOf(index: number): string {
  return `weaviate-${index}`;
}

async function synchronised(nodes: readonly ClusterNode[]): Promise<void> {
  const deadline = Date.now() + SYNCHRONISED_LIMIT_MS;
  for (const node of nodes) {
    for (;;) {
      const said = await statisticsOf(node);
      if (said.level) break;
      if (Date.now() > deadline) throw new Error(`${node.name} is not level with the others: ${said.text}`);
      await wait(LOOK_EVERY_MS);
    }
  }
}

async function statisticsOf({
  http,
}: ClusterNode): Promise<{ readonly level: boolean; readonly text: string }> {
  const response = await fetch(`${http}/v1/cluster/statistics`, { signal: AbortSignal.timeout(5_000) }).catch(
    (error: unknown) => new Response(String(error), { status: 503 }),
  );
  const text = await response.text();
  if (!response.ok) return { level: false, text };
  const { statistics, synchronized } = JSON.parse(text) as { statistics?: unknown[]; synchronized?: boolean };
  return { level: synchronized === true && statistics?.length === NODES.length, text };
}
