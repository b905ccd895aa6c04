import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Client } from '../../../src/wire/client.ts';
import type { JobView } from '../../../src/wire/jobs.ts';
import { MigrationMapping, MigrationReport } from '../../../src/wire/migration.ts';
import type { RouteInput } from '../../../src/wire/routes.ts';
import { type ServerProcess, jiwa, startServer } from '../../crash/server-process.ts';
import { apiOf, invited } from '../../e2e/people.ts';
import { type RunningApp, runningApp } from '../../e2e/running-app.ts';
import { type TestDatabase, testDatabase } from '../postgres-database.ts';
import { OTHER_NAMES, otherDeployment, usualDeployment } from './old-deployment.ts';

let old: TestDatabase;
let run: RunningApp;
beforeEach(async () => {
  old = await testDatabase();
  run = await runningApp();
});
afterEach(async () => {
  await run.end();
  await old.drop();
});

async function ended(api: Client, jobId: string): Promise<JobView> {
  for (;;) {
    const job = await api.call('getJob', { params: { id: jobId } });
    if (job.status !== 'queued' && job.status !== 'running') return job;
    await wait(100);
  }
}

type Wanted = Partial<RouteInput<'migrateFromPostgres'>['body']>;

async function migrate(api: Client, wanted: Wanted = {}): Promise<MigrationReport> {
  const { jobId } = await api.call('migrateFromPostgres', { body: { from: old.url, ...wanted } });
  const job = await ended(api, jobId);
  if (job.error !== undefined) throw new Error(`${job.error.code}: ${job.error.message}`);
  return MigrationReport.parse(job.result);
}

/** Every item of a space of these kinds, without when it was stored. */
async function itemsOf(api: Client, kinds: readonly ('message' | 'exchange' | 'state')[]) {
  const found: unknown[] = [];
  for (const kind of kinds) {
    let cursor: string | undefined;
    do {
      const page = await api.call('listItems', { query: { kind, limit: 200, cursor } });
      found.push(...page.items.map((item) => ({ ...item, createdAt: 0 })));
      cursor = page.next;
    } while (cursor !== undefined);
  }
  return found;
}

const digest = (items: readonly unknown[]) =>
  createHash('sha256')
    .update(
      items
        .map((item) => JSON.stringify(item))
        .toSorted()
        .join('\n'),
    )
    .digest('hex');

const problem = (report: MigrationReport, reason: string) =>
  report.problems.find((one) => one.reason.startsWith(reason));

const SESSIONS = 1_500;
const ORPHANS = 7;
const withoutPrompt = Array.from({ length: SESSIONS }, (_, i) => i + 1).filter(
  (n) => n % 97 === 0 || n % 89 === 0,
);
const withoutAnswer = Array.from({ length: SESSIONS }, (_, i) => i + 1).filter((n) => n % 53 === 0);
const MESSAGES = 2 * SESSIONS - withoutPrompt.length - withoutAnswer.length;
const EXCHANGES = SESSIONS - new Set([...withoutPrompt, ...withoutAnswer]).size;
const STATES = 2 * SESSIONS + ORPHANS;

test('a dry run counts, tells the mapping and what is wrong, and writes nothing', async () => {
  await usualDeployment(old, { sessions: SESSIONS, orphans: ORPHANS });
  const report = await migrate(run.api, { dryRun: true });
  expect(report).toMatchObject({
    dryRun: true,
    messages: MESSAGES,
    exchanges: EXCHANGES,
    states: STATES,
    files: 0,
  });
  expect(report.tables).toMatchObject([
    {
      table: 'public.PromptSessions',
      key: 'id',
      rows: SESSIONS,
      read: SESSIONS,
      mapped: { prompt: 'prompt', response: 'answer', createdAt: 'time', userId: 'user' },
      unmapped: ['modelConfig', 'tokens'],
    },
    {
      table: 'public.BiometricData',
      mapped: { sessionId: 'session', hrv: 'heartRateVariability', gsr: 'skinConductance' },
      unmapped: ['device'],
    },
  ]);
  expect(report.users).toEqual([{ user: 'mira', rows: SESSIONS }]);
  expect(problem(report, 'no prompt')).toMatchObject({
    count: withoutPrompt.length,
    examples: withoutPrompt.slice(0, 5).map((n) => `PromptSessions ${n}`),
  });
  expect(problem(report, 'effectiveness')?.count).toBe(Math.floor(SESSIONS / 41));
  expect(problem(report, 'heartRate: not within')?.count).toBe(Math.floor((2 * SESSIONS) / 71));
  expect(problem(report, 'heartRateVariability: not a number')?.count).toBe(Math.floor((2 * SESSIONS) / 67));
  expect(problem(report, 'skinConductance: not a number')?.count).toBe(Math.floor((2 * SESSIONS) / 61));
  expect(problem(report, 'window without a session')?.count).toBe(ORPHANS);
  expect(problem(report, 'nothing measured')?.count).toBe(1);
  expect((await run.api.call('status', {})).sessions).toBe(0);
  expect(await itemsOf(run.api, ['state'])).toEqual([]);
});

test('rows become conversations, exchanges and states; again, and rebuilt, they are the same', async () => {
  await usualDeployment(old, { sessions: SESSIONS, orphans: ORPHANS });
  const report = await migrate(run.api);
  expect(report).toMatchObject({
    messages: MESSAGES,
    newMessages: MESSAGES,
    exchanges: EXCHANGES,
    states: STATES,
  });
  const found = await itemsOf(run.api, ['message', 'exchange', 'state']);
  expect(found).toHaveLength(MESSAGES + EXCHANGES + STATES);
  const again = await migrate(run.api);
  expect(again).toMatchObject({ messages: MESSAGES, newMessages: 0, files: report.files, resumed: false });
  expect(digest(await itemsOf(run.api, ['message', 'exchange', 'state']))).toBe(digest(found));
  const { hits } = await run.api.call('recall', { body: { question: 'Question 42 about tea' } });
  expect(JSON.stringify(hits)).toContain('Question 42 about tea?');
  await run.api.call('rebuild', {});
  await run.settled();
  expect(digest(await itemsOf(run.api, ['message', 'exchange', 'state']))).toBe(digest(found));
}, 180_000);

test('a forgotten conversation goes with its states and the old rows that held it', async () => {
  await usualDeployment(old, { sessions: 20, orphans: 2 });
  await migrate(run.api);
  const { items } = await run.api.call('listSessions', { query: { query: 'Question 7 about' } });
  const id = items[0]?.id ?? '';
  const before = await itemsOf(run.api, ['state']);
  await run.api.call('deleteSession', { params: { id } });
  await run.settled();
  expect(await itemsOf(run.api, ['state'])).toHaveLength(before.length - 2);
  await run.api.call('rebuild', {});
  await run.settled();
  expect(await itemsOf(run.api, ['state'])).toHaveLength(before.length - 2);
  await migrate(run.api);
  expect(await itemsOf(run.api, ['state'])).toHaveLength(before.length - 2);
  expect(JSON.stringify(await itemsOf(run.api, ['message']))).not.toContain('Question 7 about');
});

test('other names and units come from the mapping, and only the rows of one user are moved', async () => {
  await otherDeployment(old);
  const mapping = MigrationMapping.parse(OTHER_NAMES);
  await expect(migrate(run.api, { mapping })).rejects.toThrow(/several users/);
  const [user] = (await migrate(run.api, { mapping, dryRun: true })).users ?? [];
  expect(user?.rows).toBe(60);
  const report = await migrate(run.api, { mapping, user: user?.user });
  expect(report).toMatchObject({ messages: 120, exchanges: 60, states: 60, problems: [] });
  expect(await run.api.call('listSessions', { query: {} })).toMatchObject({ items: { length: 3 } });
  const [state] = await itemsOf(run.api, ['state']);
  expect(state).toMatchObject({ text: 'heart rate 80 /min, body temperature 37 °C' });
});

test('what is wrong with the address, the tables or the mapping is told without the password', async () => {
  const unknown = { sessions: { columns: { prompt: 'nowhere' } } };
  await expect(migrate(run.api)).rejects.toThrow(/no table PromptSessions/);
  await usualDeployment(old, { sessions: 1, orphans: 0 });
  await expect(migrate(run.api, { mapping: unknown })).rejects.toThrow(/no column nowhere/);
  const { password } = new URL(old.url);
  const failure = await migrate(run.api, { from: old.url.replace(/[^/]*$/, 'nowhere') }).catch(String);
  expect(failure).toMatch(/refuses the user, the password or the name/);
  expect(failure).not.toContain(password);
});

test('only a host of the first space may, in a space where they are host', async () => {
  await usualDeployment(old, { sessions: 3, orphans: 0 });
  await run.api.call('createSpace', { body: { name: 'team' } });
  const team = apiOf(run, run.app.token, 'team');
  const other = await invited(run, team, 'host', 'ketut');
  const refused = await fetch(`${run.app.url}/api/migrations`, {
    method: 'POST',
    headers: { ...other.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ from: old.url }),
  });
  expect(refused.status).toBe(403);
  expect(await migrate(team)).toMatchObject({ messages: 6 });
  expect(await itemsOf(run.api, ['message'])).toEqual([]);
});

test('killed in the middle, it goes on by itself and ends as if nothing had been', async () => {
  const sizes = { sessions: 6_000, orphans: 0 };
  await usualDeployment(old, sizes);
  const folder = await mkdtemp(join(tmpdir(), 'jiwa-migration-'));
  let server: ServerProcess | undefined;
  try {
    server = await startServer(folder);
    const { jobId } = await server.client.call('migrateFromPostgres', { body: { from: old.url } });
    for (;;) {
      const { progress, status } = await server.client.call('getJob', { params: { id: jobId } });
      // Past the first file, that of the sessions, and before the end.
      if (progress.done >= 8_000) break;
      expect(status).not.toBe('done');
      await wait(50);
    }
    await server.kill();
    server = await startServer(folder);
    const job = await ended(server.client, jobId);
    const report = MigrationReport.parse(job.result);
    expect(report.resumed).toBe(true);
    const { total } = job.progress;
    expect(total).toBe(18_001);
    const again = JSON.parse(
      await jiwa(folder, 'migrate-from-postgres', '--from', old.url, '--json'),
    ) as MigrationReport;
    expect(again).toMatchObject({ newMessages: 0, resumed: false });
    expect(again.tables).toEqual(report.tables);
    expect({ ...again, newMessages: 0 }).toEqual({ ...report, newMessages: 0, resumed: false });
  } finally {
    await server?.kill();
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);
