import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restoreInstallation } from '../../src/app/restore-installation.ts';
import { readConfig } from '../../src/config.ts';
import type { Client } from '../../src/wire/client.ts';
import { about, type WordStatistics } from './about.ts';
import { apiOf, invited } from './people.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

/** A set of stores, by the environment that chooses it. */
export interface Stores {
  readonly name: string;
  readonly wordStatistics: WordStatistics;
  /** An environment over stores that are empty. */
  readonly empty: () => Promise<NodeJS.ProcessEnv>;
}

const QUESTIONS = [
  'What does Mira drink?',
  'When does the boat leave?',
  'Who feeds the cat?',
  'What is the code?',
];
const NEVER = new AbortController().signal;
const REPLACED = { replace: true, progress: () => undefined, signal: NEVER };

/** A document, a conversation with answers, an imported history, a note of a client, and something forgotten. */
async function filled(api: Client, settled: () => Promise<void>): Promise<void> {
  await api.upload(
    file('tea.txt', 'Mira drinks green tea from Shizuoka every morning.', {
      source: 'home',
      path: 'tea.txt',
    }),
  );
  const { document } = await api.upload(file('gone.txt', 'The code of the old safe is 4711.'));
  const session = await api.call('createSession', { body: { title: 'Boats' } });
  await Array.fromAsync(api.send(session.id, { text: 'The boat leaves at seven on Friday.', answer: false }));
  await Array.fromAsync(api.send(session.id, { text: 'When does the boat leave?' }));
  const history = [
    {
      conversation: 'pets',
      time: '2026-03-14T10:00:00Z',
      speaker: 'Maria',
      text: 'Ketut feeds the cat in the evening.',
    },
    { conversation: 'pets', time: '2026-03-14T10:01:00Z', speaker: 'Made', text: 'And who walks the dog?' },
  ];
  const lines = history.map((line) => JSON.stringify(line)).join('\n');
  await api.importHistory({ filename: 'pets.jsonl', body: new Blob([lines]) });
  await settled();
  await api.call('deleteDocument', { params: { id: document.id } });
  await settled();
}

/** What people see of a space: items, answers, documents, conversations. */
async function seen(api: Client) {
  const { items } = await api.call('listItems', { query: { limit: 100 } });
  const listed = (await api.call('listSessions', { query: {} })).items;
  // A summary is made when a conversation rests, here or there.
  const sessions = listed.map((session) => ({ ...session, summary: undefined }));
  const answers = [];
  for (const question of QUESTIONS) {
    const { hits, meaning } = await api.call('recall', { body: { question } });
    answers.push([question, meaning, hits]);
  }
  const messages = [];
  for (const { id } of sessions)
    messages.push((await api.call('listMessages', { params: { id }, query: {} })).items);
  const documents = (await api.call('listDocuments', { query: {} })).items;
  const originals = [];
  for (const { id } of documents) originals.push(await new Response(await api.original(id)).text());
  return {
    items: items.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    sessions,
    answers,
    messages,
    originals,
    documents,
    audit: (await api.call('listAudit', { query: {} })).items
      .map(({ event }) => event)
      .filter((event) => !event.startsWith('space-')),
  };
}

async function whole(api: Client): Promise<void> {
  expect((await api.call('doctor', {})).checks.filter(({ ok }) => !ok)).toEqual([]);
  expect((await api.call('verifyAudit', { query: {} })).ok).toBe(true);
}

const idOf = async (api: Client) => (await api.call('me', {})).space.id;

async function imported(api: Client, archive: Uint8Array, fields: Record<string, string> = {}) {
  const { jobId } = await api.importSpace({
    filename: 'x.tar',
    body: new Blob([Uint8Array.from(archive)]),
    fields,
  });
  return jobId;
}

/** What moves from one set of stores to another is the same there. */
export function movingSuite(from: Stores, to: Stores): void {
  const exact = [from, to].every(({ wordStatistics }) => wordStatistics === 'exact');
  const statistics = exact ? 'exact' : 'eventual';
  describe(`from ${from.name} to ${to.name}`, { timeout: 120_000 }, () => {
    let folder: string;
    let there: NodeJS.ProcessEnv;
    let source: RunningApp;
    let before: Awaited<ReturnType<typeof seen>>;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'jiwa-moving-'));
      source = await runningApp(await from.empty());
      await filled(source.api, () => source.settled());
      before = await seen(source.api);
      there = await to.empty();
    }, 120_000);
    afterAll(async () => {
      await source.end();
      await rm(folder, { recursive: true, force: true });
    });

    test('a space moves with everything, under its ids, into an installation that has others', async () => {
      const archive = await buffer(await source.api.exportSpace());
      let target = await runningApp(await to.empty());
      try {
        await expect(imported(target.api, archive)).rejects.toMatchObject({ code: 'conflict' });
        const jobId = await imported(target.api, archive, { name: 'from-laptop' });
        await target.settled();
        expect(await target.api.call('getJob', { params: { id: jobId } })).toMatchObject({ status: 'done' });
        const moved = () => apiOf(target, target.app.token, 'from-laptop');
        expect(await idOf(moved())).toBe(await idOf(source.api));
        expect(await seen(moved())).toEqual(about(before, statistics));
        await whole(moved());
        await expect(imported(target.api, archive)).rejects.toMatchObject({ code: 'conflict' });
        const again = await imported(target.api, archive, { replace: 'true' });
        await target.settled();
        expect(await target.api.call('getJob', { params: { id: again } })).toMatchObject({ status: 'done' });
        expect(await seen(moved())).toEqual(about(before, statistics));
        target = await target.restarted();
        expect(await seen(moved())).toEqual(about(before, statistics));
        expect(await idOf(target.api)).not.toBe(await idOf(source.api));
      } finally {
        await target.end();
      }
    });

    test('a broken archive changes nothing', async () => {
      const archive = await buffer(await source.api.exportSpace());
      const target = await runningApp(await to.empty());
      try {
        const changed = Buffer.from(archive);
        changed[changed.indexOf('green tea')] = 'G'.charCodeAt(0);
        for (const broken of [changed, archive.subarray(0, archive.length - 3_000)]) {
          const id = await imported(target.api, broken, { name: 'from-laptop' });
          await target.settled();
          expect(await target.api.call('getJob', { params: { id } })).toMatchObject({
            status: 'dead',
            error: { code: 'unreadable' },
          });
        }
        expect((await target.api.call('listSpaces', {})).spaces).toHaveLength(1);
      } finally {
        await target.end();
      }
    });

    test('an installation is the same after its backup was restored, with its people and what it forgot', async () => {
      await source.api.call('createSpace', { body: { name: `team-${randomUUID().slice(0, 8)}` } });
      const { cookie } = await invited(source, source.api, 'editor', 'made');
      const path = join(folder, 'backup.tar');
      await writeFile(path, await buffer(await source.api.backUp()));
      const [made] = (await source.api.call('listAudit', { query: { log: 'installation' } })).items;
      expect(made).toMatchObject({ event: 'backup-made', subject: expect.stringMatching(/^jiwa-backup-2/) });
      let target = await runningApp(there);
      await target.api.upload(file('other.txt', 'Something of another time.'));
      await target.settled();
      await target.app.close();
      const config = readConfig({ JIWA_PORT: '0', JIWA_LOG: 'silent', ...there }, target.folder);
      const refused = restoreInstallation(config, { ...REPLACED, file: path, replace: false });
      await expect(refused).rejects.toMatchObject({ code: 'conflict' });
      const restored = await restoreInstallation(config, { ...REPLACED, file: path });
      expect(restored).toMatchObject({ name: made?.subject, forgottenSince: [] });
      target = await target.reopened();
      try {
        await target.settled();
        expect(await seen(target.api)).toEqual({
          ...about(before, statistics),
          audit: expect.arrayContaining(before.audit) as unknown,
        });
        await whole(target.api);
        const me = await fetch(`${target.app.url}/api/me`, { headers: { cookie, 'jiwa-request': 'test' } });
        expect(me.status).toBe(200);
        expect((await target.api.call('listSpaces', {})).spaces).toHaveLength(2);
        expect(
          (await target.api.call('recall', { body: { question: 'the code of the old safe' } })).hits.map(
            ({ text }) => text,
          ),
        ).not.toContainEqual(expect.stringContaining('4711'));
      } finally {
        await target.end();
      }
    });

    test('a restore says what had been forgotten since the backup was made', async () => {
      const run = await runningApp(await to.empty());
      const { document } = await run.api.upload(file('tea.txt', 'Mira drinks green tea.'));
      await run.settled();
      const path = join(folder, 'early.tar');
      await writeFile(path, await buffer(await run.api.backUp()));
      await run.api.call('deleteDocument', { params: { id: document.id } });
      await run.settled();
      await run.app.close();
      const config = readConfig({ JIWA_PORT: '0', JIWA_LOG: 'silent', ...run.environment }, run.folder);
      const { forgottenSince } = await restoreInstallation(config, { ...REPLACED, file: path });
      expect(forgottenSince).toMatchObject([{ kind: 'document', sourceId: document.id }]);
      const reopened = await run.reopened();
      expect((await reopened.api.call('getDocument', { params: { id: document.id } })).status).toBe('ready');
      await reopened.end();
    });
  });
}
