import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresLedger } from '../../src/adapters/ledger/postgres-ledger.ts';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/core/context.ts';
import { newId } from '../../src/core/ids.ts';
import { systemTimers } from '../../src/core/timers.ts';
import { bookings } from '../../src/operations/models/bookings.ts';
import { joinProcesses } from '../../src/operations/processes.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import { type Client, client } from '../../src/wire/client.ts';
import { file } from '../e2e/running-app.ts';
import { modelServer } from '../fakes/model-server.ts';
import { intentRow } from '../fakes/rows.ts';
import { type TestDatabase, testDatabase } from './postgres-database.ts';
import { newBucket } from './s3-bucket.ts';

let database: TestDatabase;
let environment: NodeJS.ProcessEnv;
let opened: { close(): Promise<void> }[];
let folders: string[];

beforeEach(async () => {
  database = await testDatabase();
  const { bucket, endpoint, keys } = await newBucket();
  environment = {
    JIWA_DATABASE_URL: database.url,
    JIWA_S3_BUCKET: bucket,
    JIWA_S3_ENDPOINT: endpoint,
    JIWA_S3_ACCESS_KEY: keys?.access,
    JIWA_S3_SECRET_KEY: keys?.secret,
    JIWA_SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
    JIWA_PORT: '0',
    JIWA_LOG: 'silent',
  };
  [opened, folders] = [[], []];
});
afterEach(async () => {
  for (const each of opened.reverse()) await each.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  await database.drop();
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-several-'));
  folders.push(folder);
  return folder;
}

/** A server with a data folder of its own on the shared stores. */
async function server(more: NodeJS.ProcessEnv = {}): Promise<App & { readonly api: Client }> {
  const app = await openApp(readConfig({ ...environment, ...more }, await newFolder()), '0.0.0');
  opened.push(app);
  return { ...app, api: client(app) };
}

/** Another process at work, as far as the ledger tells. */
async function otherProcess(name = 'other'): Promise<{ ledger: Ledger; gone(): Promise<void> }> {
  const ledger = await openPostgresLedger({ url: database.url, now: Date.now, process: name });
  const processes = await joinProcesses({
    ledger,
    process: name,
    now: Date.now,
    timers: systemTimers,
    log: silentLog,
  });
  opened.push({ close: () => ledger.close() });
  return { ledger, gone: () => processes.close() };
}

const ownerOf = async (ledger: Ledger) =>
  (await ledger.systemReads().table('spaces').list())[0]?.ownerId ?? '';

describe('two servers that share their stores', () => {
  test('may start for the first time at the same moment: one home, and a token for each machine', async () => {
    const [a, b] = await Promise.all([server(), server()]);
    for (const api of [a.api, b.api, client({ url: a.url, token: b.token })])
      expect((await api.call('listSpaces', {})).spaces).toMatchObject([{ name: 'home' }]);
    expect(a.token).not.toBe(b.token);
    const { spaces } = await a.api.call('listSpaces', {});
    expect((await b.api.call('listSpaces', {})).spaces).toEqual(spaces);
  });

  test('renew the token of one machine and leave that of the other', async () => {
    const [a, b] = [await server(), await server()];
    await a.api.call('renewToken', {});
    expect(await b.api.call('listSpaces', {})).toMatchObject({ spaces: [{}] });
    await expect(client(a).call('listSpaces', {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('open the keys that the other sealed, when both have the same JIWA_SECRETS_KEY', async () => {
    const [a, b] = [await server(), await server()];
    const other = await server({ JIWA_SECRETS_KEY: Buffer.alloc(32, 8).toString('base64') });
    const model = await modelServer(() => 'Green tea.');
    opened.push(model);
    const body = { preset: 'custom', baseUrl: model.baseUrl, key: { value: 'k' } } as const;
    await a.api.call('putProvider', { params: { id: 'mine' }, body });
    const role = { params: { role: 'chat' }, body: { provider: 'mine', model: 'scripted' } } as const;
    await a.api.call('setRole', role);
    const answers = async (api: Client) => {
      const { id } = await a.api.call('createSession', { body: {} });
      return JSON.stringify(await Array.fromAsync(api.send(id, { text: 'What does Mira drink?' })));
    };
    expect(await answers(b.api)).toContain('Green tea.');
    expect(await answers(other.api)).not.toContain('Green tea.');
  });

  test('see each other’s documents', async () => {
    const [a, b] = [await server(), await server()];
    const { document } = await a.api.upload(file('tea.txt', 'Mira drinks green tea.'));
    expect(await new Response(await b.api.original(document.id)).text()).toBe('Mira drinks green tea.');
    const again = await b.api.upload(file('copy.txt', 'Mira drinks green tea.'));
    expect(again.document.id).toBe(document.id);
  });

  test('take in the same file at once as one document', async () => {
    const [a, b] = [await server(), await server()];
    const uploads = [a, b, a, b].map(({ api }, n) => api.upload(file(`tea-${n}.txt`, 'Mira drinks tea.')));
    const ids = (await Promise.all(uploads)).map(({ document }) => document.id);
    expect(new Set(ids).size).toBe(1);
    expect((await b.api.call('listDocuments', { query: {} })).items).toHaveLength(1);
  });
});

describe('a start beside others', () => {
  test('takes nothing from a process that lives: no job, no call, no write', async () => {
    await server();
    const { ledger } = await otherProcess();
    const ownerId = await ownerOf(ledger);
    const job = { kind: 'read-document', queue: 'training', payload: { documentId: newId() } } as const;
    const id = await ledger.forOwner(ownerId, async (tx) => {
      await tx.table('queues').upsert({ name: 'training', paused: 0 });
      return tx.enqueue(job);
    });
    await ledger.forOwner(ownerId, (tx) =>
      tx.table('jobs').update({ id }, { status: 'running', worker: 'other', leaseUntil: tx.now + 60_000 }),
    );
    const call = { ownerId, userId: undefined, feature: 'chat', promptVersion: 'p1', role: 'chat' } as const;
    const name = { provider: 'test', model: 'scripted' };
    await (
      await bookings({ ledger, newId }).begin({ ...call, name, estimateMicros: 5 })
    ).id;
    const intent = intentRow({ kind: 'accept-document', process: 'other', createdAt: Date.now() });
    await ledger.forOwner(ownerId, (tx) => tx.table('intents').insert(intent));
    const state = async () => {
      const reads = ledger.readsOf(ownerId);
      const row = await reads.table('jobs').get({ id });
      return {
        job: [row?.status, row?.worker, row?.leaseUntil],
        calls: await reads.table('usage').list(),
        intents: await reads.table('intents').list(),
      };
    };
    const before = await state();
    await server();
    expect(await state()).toEqual(before);
    expect(before).toMatchObject({ calls: [{ outcome: 'running' }], intents: [{ id: intent.id }] });
  });

  test('settles what a process left that is gone', async () => {
    await server();
    const other = await otherProcess();
    const { ledger } = other;
    const ownerId = await ownerOf(ledger);
    const call = { ownerId, userId: undefined, feature: 'chat', promptVersion: 'p1', role: 'chat' } as const;
    const name = { provider: 'test', model: 'scripted' };
    await (
      await bookings({ ledger, newId }).begin({ ...call, name, estimateMicros: 5 })
    ).id;
    const intent = intentRow({ kind: 'accept-document', subjectId: newId(), process: 'other' });
    await ledger.forOwner(ownerId, (tx) => tx.table('intents').insert(intent));
    await other.gone();
    await Promise.all([server(), server()]);
    const reads = ledger.readsOf(ownerId);
    expect(await reads.table('intents').list()).toEqual([]);
    expect(await reads.table('usage').list()).toMatchObject([{ outcome: 'lost', costMicros: 5 }]);
    expect(await reads.table('usageSums').list()).toMatchObject([
      { calls: 1, costMicros: 5, reservedMicros: 0 },
    ]);
  });

  test('is refused in a data folder that another process has, with a sentence that tells what to do', async () => {
    const config = readConfig(environment, await newFolder());
    opened.push(await openApp(config, '0.0.0'));
    await expect(openApp(config, '0.0.0')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/each process has its own/),
    });
  });
});

test('a job that waits is cancelled by any server', async () => {
  const [a, b] = [await server(), await server()];
  const { ledger } = await otherProcess();
  const ownerId = await ownerOf(ledger);
  const job = { kind: 'drop-vector-slots', queue: 'light', payload: {} } as const;
  const id = await ledger.forOwner(ownerId, (tx) => tx.enqueue({ ...job, runAt: tx.now + 3_600_000 }));
  expect(await b.api.call('cancelJob', { params: { id } })).toMatchObject({ status: 'cancelled' });
  expect(await a.api.call('getJob', { params: { id } })).toMatchObject({ status: 'cancelled' });
});
