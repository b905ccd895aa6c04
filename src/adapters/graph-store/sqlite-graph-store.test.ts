import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { never } from '../../../test/contracts/graph-at-hand.ts';
import { graphStoreContract } from '../../../test/contracts/graph-store.ts';
import { entity, graph, SOURCES } from '../../../test/contracts/graph-store-samples.ts';
import { newId } from '../../core/ids.ts';
import { openSqlite } from '../connections/sqlite-connection.ts';
import { sqliteGraphStore } from './sqlite-graph-store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-graph-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const IDLE_MS = 60_000;
const open = (name: string, idleMs = IDLE_MS) => sqliteGraphStore({ path: join(folder, name), idleMs });

graphStoreContract('sqlite', async () => open('graph.sqlite'), { runs: 60 });

/** Threads that were started since. */
function threads(): Worker[] {
  const started: Worker[] = [];
  const note = (worker: Worker) => void started.push(worker);
  process.on('worker', note);
  stop = () => process.off('worker', note);
  return started;
}
let stop = (): unknown => undefined;
afterEach(() => stop());

test('has no thread before it is used, none after it rested, and one again when it is used', async () => {
  const started = threads();
  const store = open('resting.sqlite', 1);
  expect(started).toHaveLength(0);
  const owner = newId();
  await store.upsert(owner, graph([entity('a')]), never);
  expect(started).toHaveLength(1);
  await vi.waitFor(() => expect(started[0]?.threadId).toBe(-1));
  expect(await store.named(owner, ['ann'], 9, never)).toEqual([entity('a')]);
  expect(started.length).toBeGreaterThan(1);
  await store.close();
});

test('goes on with a new thread when one has died, and refuses after it was closed', async () => {
  const started = threads();
  const store = open('dying.sqlite');
  const owner = newId();
  await store.upsert(owner, graph([entity('a')]), never);
  await started[0]?.terminate();
  await vi.waitFor(async () => expect(await store.count(owner, never)).toMatchObject({ entities: 1 }));
  await store.close();
  await expect(store.count(owner, never)).rejects.toMatchObject({ code: 'unavailable' });
});

test('says so when its file is of a newer version or cannot be opened', async () => {
  const newer = await openSqlite({ path: join(folder, 'newer.sqlite'), setup: ['PRAGMA user_version = 99'] });
  await newer.close();
  const store = open('newer.sqlite');
  await expect(store.count(newId(), never)).rejects.toMatchObject({ code: 'unsupported' });
  await store.close();
  const nowhere = open(join('no such folder', 'graph.sqlite'));
  await expect(nowhere.count(newId(), never)).rejects.toMatchObject({ code: 'unavailable' });
  await nowhere.close();
});

test('a batch that cannot be written as a whole is not written at all', async () => {
  const store = open('whole.sqlite');
  const owner = newId();
  await store.upsert(owner, graph([entity('a')]), never);
  const broken = { ...entity('b'), createdAt: Number.NaN };
  await expect(
    store.upsert(owner, graph([entity('a', { name: 'Eve' }), broken]), never),
  ).rejects.toMatchObject({ code: 'internal' });
  expect(await store.named(owner, ['ann', 'eve'], 9, never)).toEqual([entity('a')]);
  await store.close();
});

test('overwrites on the disk what was forgotten', async () => {
  const store = open('secret.sqlite');
  const owner = newId();
  const words = 'a name nobody may read';
  await store.upsert(owner, graph([entity('a', { name: words })]), never);
  await store.forget(owner, [SOURCES[0]], never);
  await store.close();
  expect((await readFile(join(folder, 'secret.sqlite'))).includes(words)).toBe(false);
});
