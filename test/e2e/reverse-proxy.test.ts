import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../src/core/context.ts';
import type { Handlers } from '../../src/surfaces/http/handlers.ts';
import { type HttpServer, serveHttp } from '../../src/surfaces/http/server.ts';
import { openDoor } from '../fakes/open-door.ts';

const ID = '6f1c2f7e-0b0e-4c1f-9d4a-2b6a7c3d5e80';
const NAME = 'jiwa.example.org';
const login = { id: ID, current: true, startedAt: 1, usedAt: 1, expiresAt: 2, sessionSecret: 'the-secret' };

let server: HttpServer;
let addresses: unknown[];
afterEach(() => server.close());

async function serving(trustedProxies: readonly string[]): Promise<void> {
  addresses = [];
  const { admit } = openDoor(ID);
  server = await serveHttp({
    ...openDoor(ID, {
      async admit(secret, action, circumstances) {
        addresses.push(circumstances?.address);
        return admit(secret, action);
      },
    }),
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [NAME],
    trustedProxies,
    maxUploadBytes: 1,
    handlers: { signIn: async () => login } as unknown as Handlers,
    log: silentLog,
  });
}

interface Answered {
  readonly status: number | undefined;
  readonly cookie: string;
}

/** A sign-in as a proxy passes it on; `fetch` would not let the Host be chosen. */
function signIn(headers: Record<string, string>): Promise<Answered> {
  const sent = { host: NAME, 'content-type': 'application/json', ...headers };
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}/api/login`, { method: 'POST', headers: sent }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, cookie: response.headers['set-cookie']?.[0] ?? '' });
    });
    call.on('error', reject).end('{"login":"a","password":"b"}');
  });
}

const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };

test('behind a trusted proxy with TLS the session is a cookie that stays with this host and HTTPS', async () => {
  await serving(['127.0.0.1']);
  const { status, cookie } = await signIn({ ...forwarded, origin: `https://${NAME}` });
  expect(status).toBe(200);
  expect(cookie).toMatch(
    /^__Host-jiwa=the-secret; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(addresses).toEqual(['203.0.113.7']);
});

test('what anybody says about themselves is not believed', async () => {
  await serving([]);
  expect((await signIn(forwarded)).status).toBe(403);
  expect((await signIn({ ...forwarded, host: '127.0.0.1' })).cookie).toMatch(/^jiwa=the-secret; /);
  expect(addresses).toEqual(['127.0.0.1']);
});

test('over plain HTTP from elsewhere nobody signs in, not even with the right password', async () => {
  await serving(['127.0.0.1']);
  expect(await signIn({ 'x-forwarded-for': '203.0.113.7' })).toMatchObject({ status: 403, cookie: '' });
  expect(addresses).toEqual([]);
});
