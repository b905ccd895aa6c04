import { buffer, text } from 'node:stream/consumers';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/ids.ts';
import type { Client } from '../../src/wire/client.ts';
import { apiOf, invited } from './people.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

let run: RunningApp;
beforeAll(async () => {
  run = await runningApp({ JIWA_RATE_LIMITS: 'login=3', JIWA_PRIVATE_HOSTS: '127.0.0.1' });
}, 60_000);
afterAll(() => run.end());

const TEA = 'Mira drinks green tea from Shizuoka every morning.';
const question = { body: { question: 'What does Mira drink?' } };
const signIn = (login: string, password: string) =>
  fetch(`${run.app.url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });

async function filled(api: Client): Promise<string> {
  await api.upload(file('tea.txt', TEA));
  const session = await api.call('createSession', { body: {} });
  for await (const _ of api.send(session.id, { text: 'What does Mira drink?' }));
  await run.settled();
  return session.id;
}

describe('a space of several people', () => {
  test('shows each member what any of them put there, and nobody else', async () => {
    const { id } = await run.api.call('createSpace', { body: { name: 'kantor pusat · штаб' } });
    const team = apiOf(run, run.app.token, 'kantor pusat · штаб');
    await team.upload(file('plan.txt', 'The boat leaves Sekotong at nine.'));
    await run.settled();
    const { headers } = await invited(run, team, 'viewer', 'made');
    const list = await fetch(`${run.app.url}/api/documents`, { headers });
    expect(await list.json()).toMatchObject({ items: [{ filename: 'plan.txt' }] });
    expect((await run.api.call('listDocuments', { query: {} })).items).toEqual([]);
    const { spaces } = await run.api.call('listSpaces', {});
    expect(spaces).toMatchObject([
      { name: 'home', home: true },
      { id, home: false },
    ]);
  });

  test('has words and meaning of its own after a restart', async () => {
    run = await run.restarted();
    const team = apiOf(run, run.app.token, 'kantor pusat · штаб');
    const found = await team.call('recall', { body: { question: 'When does the boat leave?' } });
    expect([found.meaning, found.hits.length]).toEqual([true, 1]);
  });
});

describe('a space as a whole', () => {
  test('is exported as an archive in which every file has the sha256 of the manifest', async () => {
    await filled(run.api);
    const folder = await mkdtemp(join(tmpdir(), 'jiwa-export-'));
    await writeFile(join(folder, 'all.tar'), await buffer(await run.api.exportSpace()));
    execFileSync('tar', ['-xf', 'all.tar'], { cwd: folder });
    const lines = (await readFile(join(folder, 'manifest.jsonl'), 'utf8')).trim().split('\n');
    const [head, ...files] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(head).toEqual({ files: files.length });
    for (const { path, sha256: hash } of files) {
      expect(sha256(await readFile(join(folder, String(path))))).toBe(hash);
    }
    const paths = files.map(({ path }) => String(path));
    expect(paths).toContainEqual(expect.stringMatching(/^tenant\/[0-9a-f-]{36}\/raw\/.*original\.txt$/));
    expect(paths).toContainEqual(
      expect.stringMatching(/^tenant\/[0-9a-f-]{36}\/chats\/.*messages\/.*\.json$/),
    );
    expect(paths).toContain('ledger/documents.jsonl');
    expect(paths.some((path) => path.includes('credentials') || path.includes('accounts'))).toBe(false);
    await rm(folder, { recursive: true });
  });

  test('is exported without the keys of providers, not even sealed ones', async () => {
    const models = createServer((_, response) => response.end('{"data":[{"id":"tiny"}]}'));
    await once(models.listen(0, '127.0.0.1'), 'listening');
    const baseUrl = `http://127.0.0.1:${(models.address() as AddressInfo).port}/v1`;
    const body = { preset: 'custom', baseUrl, key: { value: 'sk-canary' } } as const;
    await run.api.call('putProvider', { params: { id: 'mine' }, body });
    models.close();
    const archive = await text(await run.api.exportSpace());
    expect(archive).toContain(baseUrl);
    expect(archive).not.toContain('sealed');
    expect(archive).not.toContain('sk-canary');
  });

  test('is erased only by its name', async () => {
    await expect(run.api.call('eraseSpace', { body: { name: 'team' } })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect((await run.api.call('recall', question)).hits).not.toEqual([]);
  });

  test('that is erased keeps nothing but its name, its host and the log, says what went, and works on', async () => {
    const sessionId = await filled(run.api);
    const { headers } = await invited(run, run.api, 'editor', 'ketut');
    const { jobId } = await run.api.call('eraseSpace', { body: { name: 'home' } });
    await run.settled();
    const job = await run.api.call('getJob', { params: { id: jobId } });
    expect(job).toMatchObject({
      status: 'done',
      result: { removed: { documents: expect.any(Number), objects: expect.any(Number), members: 1 } },
    });
    expect((await run.api.call('recall', question)).hits).toEqual([]);
    expect((await run.api.call('listItems', { query: {} })).items).toEqual([]);
    await expect(run.api.call('getSession', { params: { id: sessionId } })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await text(await run.api.exportSpace())).not.toContain('Mira');
    expect((await fetch(`${run.app.url}/api/me`, { headers })).status).toBe(401);
    expect((await run.api.call('listAudit', { query: {} })).items.map(({ event }) => event)).toContain(
      'space-erased',
    );
    expect((await run.api.call('verifyAudit', { query: {} })).ok).toBe(true);
    expect((await run.api.call('doctor', {})).checks.filter(({ ok }) => !ok)).toEqual([]);
    await filled(run.api);
    expect((await run.api.call('recall', question)).meaning).toBe(true);
  });
});

describe('the token of this machine', () => {
  test('is renewed into its file, and the old one opens nothing any more', async () => {
    const { api } = run;
    await api.call('renewToken', {});
    await expect(api.call('me', {})).rejects.toMatchObject({ code: 'unauthenticated' });
    run = await run.restarted();
    expect((await run.api.call('me', {})).space).toMatchObject({ name: 'home', role: 'host' });
    expect((await readFile(join(run.folder, 'token'), 'utf8')).trim()).toBe(run.app.token);
  });
});

describe('signing in over HTTP', () => {
  test('with a password from the host’s terminal sets a cookie that scripts cannot read', async () => {
    const made = await run.api.call('resetPassword', { body: { user: 'owner', login: 'wayan' } });
    const response = await signIn(made.login, made.password);
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(
      /^jiwa=jiwa_session_[\w-]{43}; .*HttpOnly; SameSite=Lax$/,
    );
    expect(await response.text()).not.toContain('jiwa_session_');
  });

  test('is tried only so often from one address, and says when again', async () => {
    const tries: Response[] = [];
    for (let i = 0; i < 6; i++) tries.push(await signIn(`nobody${i}`, 'a guess'));
    const last = tries.at(-1);
    expect([last?.status, Number(last?.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(tries.some(({ status }) => status === 401)).toBe(true);
  });

  test('writes into the audit log, which verifies', async () => {
    const { items } = await run.api.call('listAudit', { query: { log: 'installation' } });
    expect(items[0]).toMatchObject({ event: 'sign-in-refused', outcome: 'failed' });
    expect(await run.api.call('verifyAudit', { query: {} })).toMatchObject({ ok: true });
    expect((await run.api.call('verifyAudit', { query: { log: 'installation' } })).ok).toBe(true);
  });
});
