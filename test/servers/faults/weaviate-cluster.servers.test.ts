import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/core/ids.ts';
import { type WeaviateCluster, weaviateCluster } from './weaviate-cluster.ts';

let cluster: WeaviateCluster;
beforeAll(async () => {
  cluster = await weaviateCluster();
}, 120_000);
afterAll(() => cluster.close());

type Node = 0 | 1 | 2;

const TRY_MS = 2_000;
/** The others find out by gossip that a node is gone; a write that met it before then waits for it 20 s. */
const FOUND_OUT_MS = 20_000;

async function call(node: Node, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${cluster.nodes[node].http}/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TRY_MS),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  return answer === '' ? undefined : JSON.parse(answer);
}

async function soon<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + FOUND_OUT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await wait(100);
    }
  }
}

async function collection(): Promise<string> {
  const name = `Test${newId().replaceAll('-', '')}`;
  await call(0, 'POST', 'schema', { class: name, vectorizer: 'none', replicationConfig: { factor: 3 } });
  return name;
}

const write = (node: Node, name: string, id: string) =>
  call(node, 'POST', `batch/objects?consistency_level=QUORUM`, {
    objects: [{ class: name, id, vector: [1, 0] }],
  });

const read = (node: Node, name: string, id: string) =>
  call(node, 'GET', `objects/${name}/${id}?consistency_level=QUORUM`);

test('every node says that three are level', async () => {
  for (const node of [0, 1, 2] as const) {
    expect(await call(node, 'GET', 'cluster/statistics')).toMatchObject({
      synchronized: true,
      statistics: [{}, {}, {}],
    });
  }
});

test.each(['kill', 'pause'] as const)(
  'two nodes go on without the third (%s), which has what was written when it is back',
  async (fault) => {
    const name = await collection();
    const [before, after] = [newId(), newId()];
    await write(0, name, before);
    await cluster[fault](2);
    try {
      await soon(() => write(0, name, after));
      expect(await soon(() => read(1, name, after))).toMatchObject({ id: after });
    } finally {
      if (fault === 'kill') await cluster.start(2);
      else cluster.resume(2);
    }
    await cluster.synchronised();
    for (const id of [before, after]) expect(await soon(() => read(2, name, id))).toMatchObject({ id });
  },
);
