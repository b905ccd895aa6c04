import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/wire/client.ts';
import type { RouteInput, RouteName } from '../../src/wire/routes.ts';
import { type Diary, mustBeGone, mustBeThere } from './diary.ts';
import { embeddingServer } from './embedding-server.ts';
import { load } from './load.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 50);
const SETTLE_LIMIT_MS = 5 * 60_000;

const diary: Diary = { entries: [], sessions: [] };
let folder: string;
let embedder: Awaited<ReturnType<typeof embeddingServer>>;
let server: ServerProcess;

async function all<T>(api: Client, name: RouteName, input: object): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = (await api.call(name, { ...input, query } as RouteInput<typeof name>)) as {
      items: T[];
      next?: string;
    };
    items.push(...page.items);
    if (page.next === undefined) return items;
    cursor = page.next;
  }
}

async function settled(api: Client): Promise<void> {
  const deadline = Date.now() + SETTLE_LIMIT_MS;
  while (Date.now() < deadline) {
    const { jobs } = await api.call('status', {});
    if ((jobs.queued ?? 0) + (jobs.running ?? 0) === 0) return;
    await wait(200);
  }
  throw new Error('jobs did not finish after the restart');
}

async function filesHolding(text: string): Promise<string[]> {
  const grep = promisify(execFile)('grep', ['-rlF', text, folder]);
  return grep.then(
    ({ stdout }) => stdout.trim().split('\n'),
    () => [],
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-crash-'));
  embedder = await embeddingServer();
  for (let round = 0; round < ROUNDS; round++) {
    server = await startServer(folder);
    const stop = new AbortController();
    const talking = load(server.client, diary, embedder.url, stop.signal);
    await wait(100 + Math.random() * 1_500);
    const killed = server.kill();
    stop.abort();
    await Promise.all([killed, talking]);
  }
  server = await startServer(folder);
  await settled(server.client);
}, 20 * 60_000);

afterAll(async () => {
  await server.kill();
  embedder.close();
  await rm(folder, { recursive: true, force: true });
});

test('the load did something worth killing', () => {
  expect(mustBeThere(diary).length).toBeGreaterThan(ROUNDS);
  expect(mustBeGone(diary).length).toBeGreaterThan(ROUNDS / 10);
});

test('every acknowledged document is there once, whole and searchable', async () => {
  const documents = await all<{ id: string; filename: string; status: string }>(
    server.client,
    'listDocuments',
    {},
  );
  for (const entry of mustBeThere(diary).filter((each) => each.kind === 'document')) {
    const found = documents.filter((document) => document.filename === `${entry.canary}.txt`);
    expect(found).toMatchObject([{ id: entry.id, status: 'ready' }]);
  }
});

test('every acknowledged message is there once, and none is there twice', async () => {
  const texts = new Map<string, number>();
  for (const id of diary.sessions) {
    for (const message of await all<{ text: string; role: string }>(server.client, 'listMessages', {
      params: { id },
    })) {
      const canary = message.role === 'user' ? /msg[0-9a-f]{32}/.exec(message.text)?.[0] : undefined;
      if (canary !== undefined) texts.set(canary, (texts.get(canary) ?? 0) + 1);
    }
  }
  for (const entry of mustBeThere(diary).filter((each) => each.kind === 'message')) {
    expect([entry.canary, texts.get(entry.canary)]).toEqual([entry.canary, 1]);
  }
  expect(Math.max(...texts.values())).toBe(1);
});

test('what survived can be recalled by its words', async () => {
  for (const entry of mustBeThere(diary).slice(-20)) {
    const { hits } = await server.client.call('recall', { body: { question: entry.canary, limit: 3 } });
    expect(hits.some((hit) => hit.text.includes(entry.canary))).toBe(true);
  }
});

test('what was forgotten is gone from the answers and from the disk', async () => {
  for (const entry of mustBeGone(diary)) {
    const { hits } = await server.client.call('recall', { body: { question: entry.canary, limit: 3 } });
    expect(hits.some((hit) => hit.text.includes(entry.canary))).toBe(false);
  }
  const last = mustBeGone(diary)
    .filter((entry) => entry.kind === 'document')
    .slice(-10);
  for (const entry of last) {
    const files = await filesHolding(`The code ${entry.canary}`);
    expect(files.filter((file) => file.includes('/tenant/'))).toEqual([]);
  }
});

test('the stores agree with each other and no job is left behind', async () => {
  const report = await server.client.call('doctor', {});
  expect(report.checks.filter((check) => !check.ok)).toEqual([]);
});
