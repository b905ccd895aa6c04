import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { client } from '../../src/wire/client.ts';
import { embeddingServer } from '../crash/embedding-server.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

let run: RunningApp;
beforeAll(async () => {
  run = await runningApp();
  await run.api.upload(file('tea.txt', 'Mira drinks green tea from Shizuoka every morning.'));
  await run.settled();
}, 60_000);
afterAll(() => run.end());

const question = { body: { question: 'What does Mira drink?' } };

describe('one process owns the data folder', () => {
  test('a second opener is refused with the address of the first', async () => {
    const second = openApp(readConfig({ JIWA_PORT: '0', JIWA_LOG: 'silent' }, run.folder), '0.0.0');
    await expect(second).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(run.app.url),
    });
  });

  test('another token opens nothing, the one in the token file does', async () => {
    const stranger = client({ url: run.app.url, token: 'jiwa_of-somebody-else' });
    await expect(stranger.call('status', {})).rejects.toMatchObject({ code: 'unauthenticated' });
    const token = (await readFile(join(run.folder, 'token'), 'utf8')).trim();
    const owner = client({ url: run.app.url, token });
    expect(await owner.call('status', {})).toMatchObject({ documents: { ready: 1 }, chunks: 1 });
  });
});

test('work on a message that begins a moment later is waited for, so that a process that ends leaves none behind', async () => {
  const session = await run.api.call('createSession', { body: {} });
  await Array.fromAsync(run.api.send(session.id, { text: 'Mira has a blue teapot.', answer: false }));
  await run.settled();
  const { vectors } = await run.api.call('status', {});
  expect(vectors.done).toBe(vectors.of);
});

describe('memory is rebuildable', () => {
  test('a rebuild gives the same items again', async () => {
    const before = await run.api.call('listItems', { query: {} });
    await run.api.call('rebuild', {});
    await run.settled();
    const after = await run.api.call('listItems', { query: {} });
    expect(after.items.map((item) => [item.id, item.text])).toEqual(
      before.items.map((item) => [item.id, item.text]),
    );
    expect((await run.api.call('doctor', {})).checks.filter((check) => !check.ok)).toEqual([]);
  });
});

describe('the embedder can be changed', () => {
  test('the new one is filled in the background, serves once it is full, and survives a restart', async () => {
    const remote = await embeddingServer();
    await run.api.call('useEmbedder', {
      body: { kind: 'remote', baseUrl: remote.url, model: 'crash-test', dimensions: 16 },
    });
    expect((await run.api.call('recall', question)).hits[0]?.text).toContain('green tea');
    await run.settled();
    const { embedders } = await run.api.call('listModels', {});
    expect(embedders.map(({ state, dimensions }) => [state, dimensions])).toContainEqual(['active', 16]);
    expect(embedders.map(({ state, dimensions }) => [state, dimensions])).toContainEqual(['installed', 384]);
    // Longer than a question waits: a start wakes the server.
    remote.sleep(400);
    run = await run.restarted();
    expect((await run.api.call('recall', question)).meaning).toBe(true);
    remote.close();
    await run.api.call('useEmbedder', { body: { kind: 'bundled' } });
    await run.settled();
    expect((await run.api.call('status', {})).vectors.model).toBe('all-MiniLM-L6-v2-int8');
  });

  test('one that does not answer is refused and nothing changes', async () => {
    const body = {
      kind: 'remote',
      baseUrl: 'http://127.0.0.1:9/v1',
      model: 'nobody',
      dimensions: 16,
    } as const;
    await expect(run.api.call('useEmbedder', { body })).rejects.toMatchObject({ code: 'unavailable' });
    expect((await run.api.call('listModels', {})).embedders.some(({ id }) => id.includes('nobody'))).toBe(
      false,
    );
  });
});

describe('settings and jobs', () => {
  test('the upload limit can be set, is checked, and holds at once', async () => {
    const params = { key: 'upload.limitMb' };
    await expect(run.api.call('setSetting', { params, body: { value: 'much' } })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await run.api.call('setSetting', { params, body: { value: 1 } });
    await expect(run.api.upload(file('big.txt', 'word '.repeat(300_000)))).rejects.toMatchObject({
      code: 'too-large',
    });
    await run.api.call('setSetting', { params, body: { value: 100 } });
  });

  test('a paused queue keeps its jobs until it goes on; a queued one can be cancelled and retried', async () => {
    const params = { name: 'ingestion' as const };
    await run.api.call('pauseQueue', { params });
    const { document } = await run.api.upload(file('late.txt', 'Late but not lost.'));
    const { items } = await run.api.call('listJobs', { query: { status: 'queued', kind: 'read-document' } });
    const id = items[0]?.id ?? '';
    expect(await run.api.call('cancelJob', { params: { id } })).toMatchObject({ status: 'cancelled' });
    expect(await run.api.call('getDocument', { params: { id: document.id } })).toMatchObject({
      status: 'failed',
    });
    await run.api.call('retryDocument', { params: { id: document.id } });
    await run.api.call('resumeQueue', { params });
    await run.settled();
    expect(await run.api.call('getDocument', { params: { id: document.id } })).toMatchObject({
      status: 'ready',
    });
  });
});
