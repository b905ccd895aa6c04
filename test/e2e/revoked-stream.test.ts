import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/core/context.ts';
import { endLogins } from '../../src/people/browser-sessions.ts';
import { removeUser } from '../../src/people/members.ts';
import { accessWatch } from '../../src/people/watch-access.ts';
import type { Handlers } from '../../src/surfaces/http/handlers.ts';
import { type HttpServer, serveHttp } from '../../src/surfaces/http/server.ts';
import { openDoor } from '../fakes/open-door.ts';
import { peopleRoom } from '../fakes/people-room.ts';

const ID = '6f1c2f7e-0b0e-4c1f-9d4a-2b6a7c3d5e80';

let room: Awaited<ReturnType<typeof peopleRoom>>;
let server: HttpServer;
let aborted: Promise<void>;

/** Answers that would go on for ever, over the real room of people and real HTTP; time moves by hand. */
beforeEach(async () => {
  room = await peopleRoom();
  const watch = accessWatch({ identity: room.identity, timers: room.clock, log: silentLog });
  const seen = Promise.withResolvers<void>();
  aborted = seen.promise;
  const never = (signal: AbortSignal) => {
    signal.addEventListener('abort', () => seen.resolve(), { once: true });
    return new Promise<never>(() => {});
  };
  async function* answer(_access: unknown, _input: unknown, signal: AbortSignal) {
    yield { id: '1', event: { kind: 'answer-start', messageId: ID } };
    await never(signal);
  }
  async function* bytes(signal: AbortSignal) {
    yield new Uint8Array(1_000);
    await never(signal);
  }
  const original = async (_access: unknown, _input: unknown, signal: AbortSignal) => ({
    filename: 'long.bin',
    contentType: 'application/octet-stream',
    bytes: bytes(signal),
  });
  server = await serveHttp({
    ...openDoor(room.host.ownerId, { admit: room.admit, watch: (...of) => watch.watch(...of) }),
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    maxUploadBytes: 1,
    handlers: { sendMessage: answer, getOriginal: original } as unknown as Handlers,
    log: silentLog,
    graceMs: 1,
  });
});
afterEach(async () => {
  await server.close();
  await room.ledger.close();
});

async function member() {
  const { sessionSecret } = await room.member('editor', 'made');
  const by = await room.identity.identify(sessionSecret);
  const headers = {
    cookie: `jiwa=${sessionSecret}`,
    'jiwa-request': 'page',
    'content-type': 'application/json',
  };
  return { by, headers };
}

describe('a stream whose permission is taken away within five seconds', () => {
  test('of events says so, ends, and stops the work behind it', async () => {
    const { by, headers } = await member();
    const url = `${server.url}/api/sessions/${ID}/messages`;
    const response = await fetch(url, { method: 'POST', headers, body: '{"text":"hello"}' });
    const text = response.text();
    await endLogins({ by }, room.deps);
    room.clock.advance(2_000);
    expect(await text).toMatch(/"kind":"error","code":"unauthenticated"/);
    await aborted;
  });

  test('of a file is cut, so that nobody takes it for whole', async () => {
    const { by, headers } = await member();
    const response = await fetch(`${server.url}/api/documents/${ID}/original`, { headers });
    const reading = response.bytes();
    await removeUser({ by: room.host, id: by.userId }, room.deps);
    room.clock.advance(2_000);
    await expect(reading).rejects.toThrow(/terminated|aborted/);
    await aborted;
  });
});
