import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../core/context.ts';
import { type ThreadClient, threadClient } from './thread-client.ts';

const never = new AbortController().signal;

/** Answers `count` with the number of calls it saw, keeps `get` waiting and dies of `at`. */
const THREAD = `
  const { parentPort } = require('node:worker_threads');
  let calls = 0;
  parentPort.on('message', (message) => {
    if (message.kind === 'close') return parentPort.close();
    if (message.kind === 'cancel') return;
    calls++;
    if (message.method === 'at') process.exit(1);
    if (message.method === 'count') parentPort.postMessage({ kind: 'done', id: message.id, result: calls });
    if (message.method === 'list') throw new Error('thrown outside any call');
  });
  parentPort.postMessage({ kind: 'opened' });
`;
const REFUSING = `
  const { parentPort } = require('node:worker_threads');
  parentPort.postMessage({ kind: 'not-opened', failure: { code: 'unsupported', message: 'too new' } });
`;
const DYING = 'process.exit(1)';

const start = (code: string) => () => new Worker(code, { eval: true });
const opened: ThreadClient[] = [];
const open = async (code = THREAD) => {
  const client = await threadClient(start(code), silentLog);
  opened.push(client);
  return client;
};
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
});

const count = (client: ThreadClient) => client.call('count', { args: [], signal: never });

describe('thread client', () => {
  test('gives each call its answer', async () => {
    const client = await open();
    expect(await Promise.all([count(client), count(client)])).toEqual([1, 2]);
  });

  test.each(['at', 'list'] as const)(
    'fails what waits when the thread dies (%s) and starts another',
    async (last) => {
      const client = await open();
      const waiting = client.call('get', { args: [], signal: never });
      const deadly = client.call(last, { args: [], signal: never });
      await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
      await expect(deadly).rejects.toMatchObject({ code: 'unavailable' });
      expect(await count(client)).toBe(1);
    },
  );

  test('starts one thread for all calls that come after a death', async () => {
    let started = 0;
    const client = await threadClient(() => {
      started++;
      return start(THREAD)();
    }, silentLog);
    opened.push(client);
    await expect(client.call('at', { args: [], signal: never })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await Promise.all([count(client), count(client), count(client)])).toEqual([1, 2, 3]);
    expect(started).toBe(2);
  });

  test('ends a waiting call at once when it is cancelled, and only that one', async () => {
    const client = await open();
    const cancelling = new AbortController();
    const waiting = client.call('get', { args: [], signal: cancelling.signal });
    const other = count(client);
    cancelling.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    expect(await other).toBeGreaterThan(0);
  });

  test('fails a call whose arguments cannot travel, and goes on', async () => {
    const client = await open();
    await expect(client.call('get', { args: [() => 1], signal: never })).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await count(client)).toBe(1);
  });

  test('refuses calls after it was closed', async () => {
    const client = await open();
    await client.close();
    await client.close();
    await expect(count(client)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('says why the thread could not open', async () => {
    await expect(threadClient(start(REFUSING), silentLog)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'too new',
    });
  });

  test('fails to open when the thread dies at once', async () => {
    await expect(threadClient(start(DYING), silentLog)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
