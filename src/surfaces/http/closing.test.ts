import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { openDoor } from '../../../test/fakes/open-door.ts';
import { silentLog } from '../../core/context.ts';
import type { Handlers } from './handlers.ts';
import { serveHttp } from './server.ts';

const ID = '6f1c2f7e-0b0e-4c1f-9d4a-2b6a7c3d5e80';
const START = { id: '1', event: { kind: 'answer-start', messageId: ID } };
const PATH = `/api/sessions/${ID}/messages`;

/** A server that answers each message by `work`; what it warned of is in `warnings`. */
async function serving(work: (signal: AbortSignal) => AsyncIterable<unknown>, graceMs?: number) {
  const warnings: string[] = [];
  const server = await serveHttp({
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    maxUploadBytes: 1,
    handlers: {
      sendMessage: (_: unknown, __: unknown, signal: AbortSignal) => work(signal),
    } as unknown as Handlers,
    ...openDoor(ID),
    log: { ...silentLog, warn: (event) => warnings.push(event) },
    ...(graceMs === undefined ? {} : { graceMs }),
  });
  return { ...server, warnings };
}

/** The same, after a client sent a message and went away when the answer began. */
async function leftAlone(...args: Parameters<typeof serving>) {
  const server = await serving(...args);
  const leaving = new AbortController();
  const response = await fetch(`${server.url}${PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"text":"hello"}',
    signal: leaving.signal,
  });
  expect(response.status).toBe(200);
  leaving.abort();
  return server;
}

describe('closing the HTTP server', () => {
  test('waits for an answer whose client has gone', async () => {
    const written = Promise.withResolvers<void>();
    let ended = false;
    const server = await leftAlone(async function* () {
      yield START;
      await written.promise;
      ended = true;
    });
    let closed = false;
    const closing = server.close().then(() => (closed = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(closed).toBe(false);
    written.resolve();
    await closing;
    expect([ended, server.warnings]).toEqual([true, []]);
  });

  test('aborts after the grace what still runs, and waits until it has ended', async () => {
    const heard: string[] = [];
    const server = await leftAlone(async function* (signal) {
      yield START;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      heard.push('abort');
      await new Promise((resolve) => setImmediate(resolve));
      heard.push('end');
    }, 30);
    await server.close();
    expect([heard, server.warnings]).toEqual([['abort', 'end'], []]);
  });

  test('does not wait for ever for what hears no abort, and says so', async () => {
    const server = await leftAlone(async function* () {
      yield START;
      await new Promise(() => {});
    }, 10);
    await server.close();
    expect(server.warnings).toEqual(['requests-left-running']);
  });

  test('refuses a request that still comes on an open connection, with a code', async () => {
    const written = Promise.withResolvers<void>();
    const server = await serving(async function* () {
      yield START;
      await written.promise;
    });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
    let answer = '';
    socket.on('data', (text: string) => (answer += text));
    const head = 'Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 16';
    socket.write(`POST ${PATH} HTTP/1.1\r\n${head}\r\n\r\n{"text":"hello"}`);
    await once(socket, 'data');
    const closing = server.close();
    socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    written.resolve();
    await Promise.all([closing, once(socket, 'close')]);
    expect(answer).toMatch(/^HTTP\/1.1 503 /m);
    expect(answer).toContain('"error":{"code":"unavailable"');
  });
});
