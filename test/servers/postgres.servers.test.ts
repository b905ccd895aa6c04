import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnswerEvent } from '../../src/wire/sessions.ts';
import { apiOf, invited } from '../e2e/people.ts';
import { file, type RunningApp, runningApp } from '../e2e/running-app.ts';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';
import { type TestDatabase, testDatabase } from './postgres-database.ts';

/** Words that stand in what somebody wrote, and nowhere else. */
const IN_DOCUMENT = 'quokkabrella';
const IN_QUESTION = 'zephyrwick';
const IN_ANSWER = 'marmalune';
const CANARIES = [IN_DOCUMENT, IN_QUESTION, IN_ANSWER];

let database: TestDatabase;
let server: ModelServer;
let run: RunningApp;
let answer: AnswerEvent | undefined;

beforeAll(async () => {
  database = await testDatabase();
  server = await modelServer(() => `The lease ends on 31 March 2028 [1]. ${IN_ANSWER}`);
  run = await runningApp({ JIWA_DATABASE_URL: database.url });
  const body = { preset: 'custom', baseUrl: server.baseUrl, key: { value: 'k' } } as const;
  await run.api.call('putProvider', { params: { id: 'mine' }, body });
  await run.api.call('setRole', { params: { role: 'chat' }, body: { provider: 'mine', model: 'scripted' } });
  await run.api.upload(file('lease.txt', `The lease of the flat ends on 31 March 2028. ${IN_DOCUMENT}.\n`));
  await run.settled();
  const { id } = await run.api.call('createSession', { body: {} });
  const question = { text: `When does the lease of the flat end, ${IN_QUESTION}?` };
  answer = (await Array.fromAsync(run.api.send(id, question))).at(-1);
  await run.settled();
}, 60_000);
afterAll(async () => {
  await run.end();
  await server.close();
  await database.drop();
});

test('a document is read and found, and a model’s answer cites it', async () => {
  expect((await run.api.call('listDocuments', { query: {} })).items).toMatchObject([{ status: 'ready' }]);
  expect(answer).toMatchObject({
    kind: 'answer-end',
    answer: { kind: 'generated', citations: [{ marker: 1 }] },
  });
  expect(JSON.stringify(answer)).toContain(IN_ANSWER);
});

test('calls of models are booked', async () => {
  const rows = await database.run(`select outcome, calls from usage_sums join usage using (owner_id, role)`);
  expect(rows).toContainEqual({ outcome: 'done', calls: '1' });
});

test('people join, and what is in one space is not in another', async () => {
  await run.api.call('createSpace', { body: { name: 'team' } });
  const team = apiOf(run, run.app.token, 'team');
  await invited(run, team, 'editor', 'mira');
  expect((await team.call('listUsers', {})).users).toHaveLength(2);
  expect((await team.call('listDocuments', { query: {} })).items).toEqual([]);
});

test('everything is there after a restart', async () => {
  run = await run.restarted();
  expect((await run.api.call('listDocuments', { query: {} })).items).toHaveLength(1);
  expect((await run.api.call('listSessions', { query: {} })).items).toMatchObject([{ messages: 2 }]);
});

test('no table holds the text of a message or a document', async () => {
  const tables = await database.run(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  const dump: string[] = [];
  for (const { name } of tables) {
    // The title and the line of summary of a session are the only exception.
    const told = name === 'chat_sessions' ? ` - 'title' - 'summary'` : '';
    const rows = await database.run(`select (to_jsonb(t)${told})::text as row from ${String(name)} as t`);
    dump.push(...rows.map(({ row }) => `${String(name)} ${String(row)}`));
  }
  expect(dump.length).toBeGreaterThan(10);
  expect(dump.filter((row) => CANARIES.some((canary) => row.toLowerCase().includes(canary)))).toEqual([]);
});
