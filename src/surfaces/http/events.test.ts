import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { silentLog } from '../../core/context.ts';
import { sendEvents } from './events.ts';

/** Events larger than what a connection holds, so that each waits for the client to read. */
async function* largeEvents(response: ServerResponse, listeners: number[]) {
  for (let i = 0; i < 30; i++) {
    listeners.push(response.listenerCount('close') + response.listenerCount('drain'));
    yield { id: `${i}`, event: { kind: 'answer-delta', text: 'x'.repeat(1_000_000) } };
  }
}

test('a client that reads slowly makes nothing pile up, and gets everything', async () => {
  const listeners: number[] = [];
  const server = createServer((_request, response) => {
    void sendEvents(response, largeEvents(response, listeners), {}, silentLog);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(text.match(/^id: /gm)).toHaveLength(30);
    expect(new Set(listeners)).toEqual(new Set([listeners[0]]));
  } finally {
    server.close();
  }
});

test('a client that goes away while an event waits for it lets the work go on to its end', async () => {
  const listeners: number[] = [];
  const ended = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    sendEvents(response, largeEvents(response, listeners), {}, silentLog).then(ended.resolve, ended.reject);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const leaving = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    await ended.promise;
    expect(listeners).toHaveLength(30);
  } finally {
    server.close();
  }
});
