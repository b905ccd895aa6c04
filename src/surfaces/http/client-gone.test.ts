import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clientGone } from './client-gone.ts';

const server = createServer();
let leaving: AbortController;
let response: ServerResponse;
beforeEach(async () => {
  leaving = new AbortController();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const asked = new Promise<ServerResponse>((resolve) =>
    server.once('request', (_request, answer) => resolve(answer)),
  );
  fetch(`http://127.0.0.1:${port}/`, { signal: leaving.signal }).catch(() => undefined);
  response = await asked;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const closed = () => new Promise((resolve) => response.once('close', resolve));

test('a client that goes away is noticed, whether before or after somebody looks', async () => {
  const before = clientGone(response);
  const end = closed();
  expect(before.aborted).toBe(false);
  leaving.abort();
  await end;
  expect([before.aborted, clientGone(response).aborted]).toEqual([true, true]);
});

test('a client that has its whole answer did not go away', async () => {
  const gone = clientGone(response);
  const end = closed();
  response.end('All of it.');
  await end;
  expect([gone.aborted, clientGone(response).aborted]).toEqual([false, false]);
});
