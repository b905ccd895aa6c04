import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import type { Client } from '../../../src/wire/client.ts';
import { file } from '../../e2e/running-app.ts';
import type { JiwaProcess } from '../workers/jiwa-process.ts';
import { type Installation, openInstallation } from './installation.ts';

const PATIENCE_MS = 60_000;
/** Within this time others have given up a process that was killed, and settled what it left. */
const SETTLED_MS = 30_000;
/** The same for its jobs, whose leases last as long, with the work done again; the machine may be busy. */
const WORK_MS = 60_000;
const PARAGRAPHS = 6_000;
const MESSAGES = 30;

let installation: Installation;
beforeEach(async () => {
  installation = await openInstallation(1);
}, 120_000);
afterEach(() => installation.close(), 60_000);

async function until(is: () => Promise<boolean>, limitMs = PATIENCE_MS): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await is()); await pause(100))
    if (Date.now() > deadline) throw new Error(`not so within ${limitMs} ms: ${String(is)}`);
}

const longText = () =>
  Array.from(
    { length: PARAGRAPHS },
    (_, n) =>
      `On day ${n} Mira walked ${n * 7} steps along the river, drank green tea and wrote letter ${n}.`,
  ).join('\n\n');

async function rowsOf(table: string, name?: string): Promise<number> {
  const rows = (await installation.stores.ledgerRows()).filter((row) => row.table === table);
  return rows.filter(({ values }) => name === undefined || values['name'] === name).length;
}

/** Uploads a document and lets the worker stand still while it writes chunks of it. */
async function standingStillAtWork(api: Client, worker: JiwaProcess | undefined): Promise<string> {
  const { id } = (await api.upload(file('long.txt', longText()))).document;
  await until(async () => {
    worker?.standStill();
    const writes = (await rowsOf('leases', `document:${id}`)) > 0;
    if (!writes) worker?.goOn();
    return writes;
  });
  return id;
}

test('a worker that stood still until it was given up brings back nothing that was deleted meanwhile', async () => {
  const { client: api } = installation.server();
  const [worker] = installation.workers();
  const id = await standingStillAtWork(api, worker);
  await until(async () => (await rowsOf('processes')) === 1);
  await api.call('deleteDocument', { params: { id } });
  worker?.goOn();
  await until(async () => (await rowsOf('processes')) === 2);
  await until(async () => (await api.call('status', {})).jobs['running'] === undefined);
  expect(await api.call('status', {})).toMatchObject({ chunks: 0, documents: {} });
  const { checks } = await api.call('doctor', {});
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
}, 180_000);

test('a document that a killed worker was reading is read by another', async () => {
  const { client: api } = installation.server();
  const id = await standingStillAtWork(api, installation.workers()[0]);
  await installation.killWorker();
  const status = async () => (await api.call('getDocument', { params: { id } })).status;
  await until(async () => (await status()) === 'ready', WORK_MS);
  expect(await api.call('listJobs', { query: { limit: 10, queue: 'ingestion' } })).toMatchObject({
    items: [{ status: 'done', attempt: 2 }],
  });
}, 180_000);

test('a message that a killed server was storing can be sent to another one soon', async () => {
  const other = await installation.anotherServer();
  const { client: api } = installation.server();
  const session = await api.call('createSession', { body: {} });
  const keys = Array.from({ length: MESSAGES }, (_, n) => `message-${n}`);
  const send = async (to: Client, clientId: string) => {
    const message = { text: `Mira wrote ${clientId}.`, clientId, answer: false };
    await Array.fromAsync(to.send(session.id, message));
  };
  const left = Promise.allSettled(keys.map((key) => send(api, key)));
  await until(async () => (await rowsOf('intents')) > 0);
  await installation.endServer('SIGKILL');
  const refused = new Set<string>();
  const sendUntilTaken = async (key: string) => {
    for (const deadline = Date.now() + SETTLED_MS; ; await pause(200)) {
      try {
        return await send(other.client, key);
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'conflict') || Date.now() > deadline) throw error;
        refused.add(key);
      }
    }
  };
  await Promise.all(keys.map(sendUntilTaken));
  await left;
  expect(refused.size).toBeGreaterThan(0);
  const { items } = await other.client.call('listMessages', {
    params: { id: session.id },
    query: { limit: 100 },
  });
  expect(items.map(({ text }) => text).sort()).toEqual(keys.map((key) => `Mira wrote ${key}.`).sort());
}, 180_000);
