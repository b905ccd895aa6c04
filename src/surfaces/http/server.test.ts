import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDoor } from '../../../test/fakes/open-door.ts';
import type { Access, Authorized } from '../../core/authorized.ts';
import { silentLog } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { client } from '../../wire/client.ts';
import { type RouteName, routes } from '../../wire/routes.ts';
import type { AnyHandler, Handlers } from './handlers.ts';
import { type HttpOptions, type HttpServer, serveHttp } from './server.ts';

const TOKEN = 'good-token';
const ID = '6f1c2f7e-0b0e-4c1f-9d4a-2b6a7c3d5e80';
const session = { id: ID, title: 'A talk', messages: 0, origin: 'chat', createdAt: 1, updatedAt: 1 };

const calls: { name: string; input: unknown }[] = [];
const scripted: Partial<Record<RouteName, (input: never) => unknown>> = {
  live: () => ({ live: true }),
  createSession: () => ({ ...session, secretOfTheRow: 'x' }),
  getSession: () => {
    throw new AppError('not-found', 'There is no conversation by this id.');
  },
  importHistory: async ({ file }: { file: { filename: string; bytes: AsyncIterable<Uint8Array> } }) => {
    let size = 0;
    for await (const part of file.bytes) size += part.length;
    calls.push({ name: 'import', input: { filename: file.filename, size } });
    return { importId: ID, jobId: ID, outcome: 'accepted' };
  },
  sendMessage: async function* ({ body }: { body: { text: string } }) {
    if (body.text === 'to nobody') throw new AppError('not-found', 'There is no such conversation.');
    yield { id: 'a.1', event: { kind: 'answer-start', messageId: ID } };
    yield { id: 'a.2', event: { kind: 'answer-delta', text: 'Ha\n\nlo' } };
    throw new AppError('unavailable', 'The store went away.');
  },
  getOriginal: () => ({
    filename: "<b>'x.html",
    contentType: 'text/html',
    sizeBytes: 3,
    bytes: (async function* () {
      yield new Uint8Array([1, 2, 3]);
    })(),
  }),
};

const handlers = Object.fromEntries(
  Object.keys(routes).map((name): [string, AnyHandler] => [
    name,
    (_access, input) => {
      calls.push({ name, input });
      const script = scripted[name as RouteName];
      if (script === undefined) throw new Error(`unscripted: ${name}`);
      return script(input as never);
    },
  ]),
) as unknown as Handlers;

const MAX_UPLOAD_BYTES = 1_000_000;
const options: HttpOptions = {
  version: '0.0.0',
  host: '127.0.0.1',
  port: 0,
  allowedHosts: ['jiwa.home'],
  maxUploadBytes: MAX_UPLOAD_BYTES,
  handlers,
  log: silentLog,
  ...openDoor(ID, {
    admit: async (token, action) => {
      if (action !== 'public' && token !== TOKEN)
        throw new AppError('unauthenticated', 'A valid token is needed.');
      return { ownerId: ID, userId: ID } as Authorized<Access>;
    },
  }),
};

let server: HttpServer;
beforeAll(async () => {
  server = await serveHttp(options);
});
afterAll(() => server.close());

const auth = { authorization: `Bearer ${TOKEN}` };
const at = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
const api = () => client({ url: server.url, token: TOKEN });

/** A form with one part, as broken clients send it. */
function sendPart(disposition: string, content: string, end = '\r\n--X--\r\n'): Promise<Response> {
  const part = `--X\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const headers = { ...auth, 'content-type': 'multipart/form-data; boundary=X' };
  return at('/api/imports', { method: 'POST', headers, body: part + content + end });
}

/** `fetch` does not let a caller choose the Host header, an attacker's browser does. */
function statusWithHeaders(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject).end();
  });
}

describe('who may come in', () => {
  test('every route but the public ones refuses a caller without a token and has no effect', async () => {
    calls.length = 0;
    for (const route of Object.values(routes)) {
      if (route.action === 'public') continue;
      const path = route.path.replace(/:\w+/g, ID);
      const response = await at(path, { method: route.method });
      expect([path, response.status]).toEqual([path, 401]);
    }
    expect(calls).toEqual([]);
  });

  test('nobody unknown is told what is wrong with a body: it is not read', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await at('/api/sessions', { method: 'POST', headers, body: '{' });
    expect(response.status).toBe(401);
  });

  test('the address that is listened on is a Host of ours, so that the own command line comes in', async () => {
    const elsewhere = await serveHttp({ ...options, host: '127.0.0.2' });
    try {
      expect((await fetch(`${elsewhere.url}/livez`)).status).toBe(200);
    } finally {
      await elsewhere.close();
    }
  });

  test('a Host that is not ours is refused, so that rebinding a name reaches nothing', async () => {
    expect(await statusWithHeaders('/livez', { host: 'evil.example' })).toBe(403);
    expect(await statusWithHeaders('/livez', { host: '127.0.0.1.evil.example:80' })).toBe(403);
    expect(await statusWithHeaders('/livez', { host: 'localhost:1' })).toBe(200);
    expect(await statusWithHeaders('/livez', { host: 'jiwa.home' })).toBe(200);
  });

  test('an Origin of another page is refused, our own is not', async () => {
    expect(await statusWithHeaders('/livez', { origin: 'http://evil.example' })).toBe(403);
    expect(await statusWithHeaders('/livez', { origin: 'null' })).toBe(403);
    expect(await statusWithHeaders('/livez', { origin: server.url })).toBe(200);
  });
});

describe('what comes in', () => {
  test.each([
    ['broken JSON', { body: '{', headers: { ...auth, 'content-type': 'application/json' } }, 400],
    ['another media type', { body: 'x', headers: { ...auth, 'content-type': 'text/plain' } }, 415],
    [
      'a field nobody knows',
      { body: '{"x":1}', headers: { ...auth, 'content-type': 'application/json' } },
      400,
    ],
    [
      'a title too long',
      {
        body: JSON.stringify({ title: 'x'.repeat(81) }),
        headers: { ...auth, 'content-type': 'application/json' },
      },
      400,
    ],
    [
      'a body too large',
      {
        body: JSON.stringify({ title: 'x'.repeat(1_100_000) }),
        headers: { ...auth, 'content-type': 'application/json' },
      },
      413,
    ],
  ])('%s is a clear error', async (_, init, status) => {
    const response = await at('/api/sessions', { method: 'POST', ...init });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { code: expect.any(String), message: expect.any(String) },
    });
  });

  test('an id that is no UUID never reaches a use case', async () => {
    calls.length = 0;
    const response = await at('/api/sessions/..%2f..%2fetc', { headers: auth });
    expect(response.status).toBe(400);
    expect(calls).toEqual([]);
  });

  test('an address that cannot be read is a clear error', async () => {
    for (const path of ['/api/sessions/%zz', `/api/sessions/${'x'.repeat(200)}`]) {
      const response = await at(path, { headers: auth });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 'invalid-input' } });
    }
  });

  test('text that is no whole Unicode never reaches a use case', async () => {
    calls.length = 0;
    const half = 'half a pair: \ud800';
    for (const sent of [
      api().call('createSession', { body: { title: half } }),
      api().call('renameSession', { params: { id: ID }, body: { title: half } }),
      Array.fromAsync(api().send(ID, { text: half })),
      api().call('ask', { body: { question: half } }),
      api().call('recall', { body: { question: 'who', filter: { tags: [half] } } }),
    ])
      await expect(sent).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining('Unicode'),
      });
    expect(calls).toEqual([]);
  });

  test('a time that no calendar reaches is refused', async () => {
    for (const time of [8.64e15 + 1, -8.64e15 - 1]) {
      const sent = Array.fromAsync(api().send(ID, { text: 'hello', time }));
      await expect(sent).rejects.toMatchObject({ code: 'invalid-input' });
    }
  });

  test('a file without a name is a file all the same', async () => {
    expect((await sendPart('name="file"', 'abc')).status).toBe(202);
    expect(calls.at(-1)).toEqual({ name: 'import', input: { filename: '', size: 3 } });
  });

  test('a form that breaks off inside its file is refused, and so is a file cut at the limit', async () => {
    calls.length = 0;
    const broken = await sendPart('name="file"; filename="a"', 'abc', '');
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: 'invalid-input' } }]);
    const long = await sendPart('name="file"; filename="a"', 'x'.repeat(MAX_UPLOAD_BYTES + 10));
    expect([long.status, await long.json()]).toMatchObject([413, { error: { code: 'too-large' } }]);
    expect(calls.filter(({ name }) => name === 'import')).toEqual([]);
  });

  test.each([
    ['has no boundary', 'multipart/form-data', '--X\r\n\r\n--X--\r\n'],
    ['is no form at all', 'multipart/form-data; boundary=X', 'garbage'.repeat(20)],
    ['breaks off before its file', 'multipart/form-data; boundary=X', '--X\r\nContent-Disposition: form-da'],
  ])('a form that %s is refused', async (_, type, body) => {
    const headers = { ...auth, 'content-type': type };
    const response = await at('/api/imports', { method: 'POST', headers, body });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: 'invalid-input' } },
    ]);
  });

  test.each([
    ['second file', 'name="file"; filename="b"'],
    ['late field', 'name="path"'],
  ])('a form with a %s is refused before anything is done, not cut in silence', async (_, disposition) => {
    calls.length = 0;
    const second = `\r\n--X\r\nContent-Disposition: form-data; ${disposition}\r\n\r\nb\r\n--X--\r\n`;
    const response = await sendPart('name="file"; filename="a"', 'a', second);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: 'invalid-input' } },
    ]);
    expect(calls.filter(({ name }) => name === 'import')).toEqual([]);
  });

  test('an unknown path is a JSON 404', async () => {
    const response = await at('/api/nothing', { headers: auth });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'not-found' } });
  });

  test('a file arrives as a stream with its name; a form without a file is refused', async () => {
    const result = await api().importHistory({
      filename: 'chat.jsonl',
      body: new Blob(['x'.repeat(70_000)]),
    });
    expect(result.outcome).toBe('accepted');
    expect(calls.at(-1)).toEqual({ name: 'import', input: { filename: 'chat.jsonl', size: 70_000 } });
    const empty = new FormData();
    expect((await at('/api/imports', { method: 'POST', headers: auth, body: empty })).status).toBe(400);
    expect((await at('/api/imports', { method: 'POST', headers: auth, body: '{}' })).status).toBe(415);
  });
});

describe('what goes out', () => {
  test('only the fields of the schema leave', async () => {
    expect(await api().call('createSession', { body: {} })).toEqual(session);
    const raw = await at('/api/sessions', { method: 'POST', headers: auth });
    expect(await raw.json()).not.toHaveProperty('secretOfTheRow');
  });

  test('the typed client throws the error the server meant', async () => {
    await expect(api().call('getSession', { params: { id: ID } })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('what fails before the first event has a status of its own', async () => {
    const sent = Array.fromAsync(api().send(ID, { text: 'to nobody' }));
    await expect(sent).rejects.toMatchObject({ code: 'not-found' });
  });

  test('events stream with their ids, and a failure in the middle becomes an error event', async () => {
    const events = [];
    for await (const event of api().send(ID, { text: 'hello' })) events.push(event);
    expect(events.map((event) => event.kind)).toEqual(['answer-start', 'answer-delta', 'error']);
    expect(events[1]).toEqual({ kind: 'answer-delta', text: 'Ha\n\nlo' });
    const raw = await at(`/api/sessions/${ID}/messages`, {
      method: 'POST',
      headers: { ...auth, 'content-type': 'application/json' },
      body: '{"text":"hello"}',
    });
    expect((await raw.text()).match(/^id: .*$/gm)).toEqual(['id: a.1', 'id: a.2']);
  });

  test('an uploaded file is only ever a download', async () => {
    const response = await at(`/api/documents/${ID}/original`, { headers: auth });
    expect(response.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''%3Cb%3E%27x.html");
    expect(response.headers.get('content-security-policy')).toBe('sandbox');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('the address that is printed shows the page, under a policy that lets nothing else in', async () => {
    const page = await at('/');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/u);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self' 'sha256-/u,
    );
    const { status } = await at('/page/main.js');
    expect(status).toBe(200);
  });

  test('the OpenAPI page shows every route', async () => {
    const page = await at('/api/docs/');
    expect(page.status).toBe(200);
    const document = (await (await at('/api/docs/json')).json()) as { paths: Record<string, object> };
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations.map((operation: { operationId: string }) => operation.operationId).sort()).toEqual(
      Object.keys(routes).sort(),
    );
  });
});
