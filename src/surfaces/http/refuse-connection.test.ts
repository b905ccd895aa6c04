import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDoor } from '../../../test/fakes/open-door.ts';
import { silentLog } from '../../core/context.ts';
import type { Handlers } from './handlers.ts';
import { type HttpServer, serveHttp } from './server.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await serveHttp({
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    maxUploadBytes: 1,
    handlers: {} as Handlers,
    ...openDoor('nobody'),
    log: silentLog,
  });
});
afterAll(() => server.close());

/** What the server answers to bytes that no client library would send. */
function sendBytes(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

test.each([
  ['is not HTTP', 'hello\r\n\r\n', 400, 'invalid-input'],
  ['has a request line of one word', 'GET\r\nHost: localhost\r\n\r\n', 400, 'invalid-input'],
  ['is of another version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', 400, 'invalid-input'],
  ['names no host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid-input'],
  [
    'names two hosts',
    'GET /livez HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\nHost: evil.example\r\n\r\n',
    400,
    'invalid-input',
  ],
  [
    'expects what nobody knows',
    'GET /livez HTTP/1.1\r\nConnection: close\r\nHost: evil.example\r\nExpect: tea\r\n\r\n',
    403,
    'forbidden',
  ],
  ['has endless headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'too-large'],
])('a request that %s is answered with a code as well', async (_, bytes, status, code) => {
  const answer = await sendBytes(bytes);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code } });
});
