import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';
import { type RunningApp, runningApp } from './running-app.ts';

/** Looked for in everything that leaves or stays. */
const CANARY = 'sk-canary-4f1b2c3d4e5f60718293a4b5c6d7e8f9';
const OTHER = 'sk-other-0a1b2c3d4e5f60718293a4b5c6d7e8f9';

let run: RunningApp;
let server: ModelServer;
beforeAll(async () => {
  run = await runningApp();
  server = await modelServer();
}, 60_000);
afterAll(async () => {
  await server.close();
  await run.end();
});
afterEach(() => server.say(() => 'ready'));

const mine = { params: { id: 'mine' } };
const put = (changes: object = {}) =>
  run.api.call('putProvider', {
    ...mine,
    body: { preset: 'custom', baseUrl: server.baseUrl, key: { value: CANARY }, ...changes },
  });
const chat = { params: { role: 'chat' as const } };
const useChat = (model = 'scripted') =>
  run.api.call('setRole', { ...chat, body: { provider: 'mine', model } });

async function everything({ folder, stores }: RunningApp): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return [...texts, JSON.stringify(await stores.ledgerRows())].join('\n');
}

describe('a provider', () => {
  test('is saved once it has answered, and its key never comes out again', async () => {
    const view = await put();
    expect(view).toMatchObject({ id: 'mine', kind: 'openai-compatible', hasKey: true, keyFrom: 'sealed' });
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${CANARY}`);
    const list = await run.api.call('listModels', {});
    expect(JSON.stringify([view, list])).not.toContain(CANARY.slice(-4));
    expect(await everything(run)).not.toContain(CANARY);
    expect(await run.api.call('listProviderModels', mine)).toEqual({ models: ['scripted'] });
  });

  test('that does not answer is refused with its reason, without its key, and nothing changes', async () => {
    const dead = put({ baseUrl: 'http://127.0.0.1:9/v1' });
    await expect(dead).rejects.toMatchObject({ code: 'unavailable' });
    server.say(() => ({ fault: 'unauthenticated' }));
    const refused = await put({ key: { value: OTHER }, model: 'scripted' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'provider-refused',
      message: expect.stringContaining('refuses the key'),
    });
    expect(refused).toMatchObject({ details: { said: expect.stringContaining('Refused with 401') } });
    expect(JSON.stringify(refused)).not.toContain(OTHER.slice(-8));
    const { providers } = await run.api.call('listModels', {});
    expect(providers).toMatchObject([{ id: 'mine', baseUrl: server.baseUrl }]);
  });

  test('keeps its key only while its address stays', async () => {
    await run.api.call('putProvider', { ...mine, body: { preset: 'custom', baseUrl: server.baseUrl } });
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${CANARY}`);
    await using other = await modelServer();
    const body = { preset: 'custom', baseUrl: other.baseUrl } as const;
    await expect(run.api.call('putProvider', { ...mine, body })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(other.requests).toEqual([]);
  });
});

describe('a role', () => {
  test('goes to a model that answers, for the next call and after a restart', async () => {
    server.say(() => 'ready');
    expect(await useChat()).toMatchObject({ role: 'chat', provider: 'mine', locked: false });
    run = await run.restarted();
    const { roles } = await run.api.call('listModels', {});
    expect(roles.map(({ role, inherited }) => [role, inherited])).toEqual([
      ['chat', false],
      ['summarizer', true],
      ['translator', true],
      ['worker', true],
      ['shadow', true],
      ['twin', true],
    ]);
    expect(await run.api.call('testModel', { body: { role: 'worker' } })).toMatchObject({
      model: 'scripted',
    });
  });

  test('stays where it is when the new model refuses', async () => {
    server.say(() => ({ fault: 'unknown-model' }));
    await expect(useChat('nothing')).rejects.toMatchObject({ code: 'provider-refused' });
    const { roles } = await run.api.call('listModels', {});
    expect(roles[0]).toMatchObject({ role: 'chat', model: 'scripted' });
  });

  test('holds its provider until it is taken away', async () => {
    await expect(run.api.call('removeProvider', mine)).rejects.toMatchObject({ code: 'conflict' });
    await run.api.call('removeRole', chat);
    await run.api.call('removeProvider', mine);
    expect(await run.api.call('listModels', {})).toMatchObject({ providers: [], roles: [] });
    const { items } = await run.api.call('listAudit', { query: {} });
    expect(items.slice(0, 2)).toMatchObject([
      { event: 'provider-removed', subject: 'mine' },
      { event: 'role-removed', subject: 'chat' },
    ]);
    await expect(useChat()).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('trials are booked, own prices count from the next call on, a budget stops it', async () => {
  await put();
  const body = { provider: 'mine', model: 'scripted' };
  await run.api.call('setPrices', { body: { prices: [{ model: 'scripted', input: 100, output: 100 }] } });
  await run.api.call('testModel', { body });
  const { lines } = await run.api.call('usage', { query: {} });
  const priced = lines.filter(({ costMicros }) => costMicros > 0);
  expect(priced).toMatchObject([{ feature: 'model-test', model: 'scripted', unpriced: 0 }]);
  const { space, all } = await run.api.call('setSpaceBudget', { body: { capMicros: 1 } });
  expect([space.capMicros, all?.capMicros]).toEqual([1, null]);
  const before = server.requests.length;
  await expect(run.api.call('testModel', { body })).rejects.toMatchObject({ code: 'budget-exceeded' });
  expect(server.requests).toHaveLength(before);
  await run.api.call('setSpaceBudget', { body: { capMicros: null } });
  await run.api.call('testModel', { body });
});
