import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toAppError } from '../../src/core/errors.ts';
import type { Client } from '../../src/wire/client.ts';
import type { AnswerTrace } from '../../src/wire/trace.ts';
import { bookedCalls } from './booked-calls.ts';
import {
  answersAmiss,
  cutAnswersAmiss,
  documentsAmiss,
  keyedMessagesAmiss,
  messagesAmiss,
  notRecalled,
  stillRecalled,
  WHOLE,
} from './checks.ts';
import { type Diary, mustBeGone, mustBeThere } from './diary.ts';
import { embeddingServer } from './embedding-server.ts';
import { DAILY, load, reembedding } from './load.ts';
import { jiwa, type ServerProcess, startServer } from './server-process.ts';
import { converse, finish, type Kept, kept, type Talk, type Turn } from './talk.ts';
import { callOf, type TalkingModel, talkingModel } from './talking-model.ts';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 50);
const ANSWER_LIMIT_MS = 5_000;
const SETTLE_LIMIT_MS = 5 * 60_000;

const diary: Diary = { entries: [], sessions: [] };
const talk: Talk = { turns: [], sessions: [] };
let folder: string;
let embedder: Awaited<ReturnType<typeof embeddingServer>>;
let model: TalkingModel;
let server: ServerProcess;
/** The turns as they were when the server was killed for the last time. */
let cut: readonly Turn[];
/** The conversations with the model as the kills left them, and after what was cut was sent again. */
let left: Kept;
let finished: Kept;

async function settled(api: Client): Promise<void> {
  const deadline = Date.now() + SETTLE_LIMIT_MS;
  while (Date.now() < deadline) {
    const { jobs } = await api.call('status', {});
    if ((jobs.queued ?? 0) + (jobs.running ?? 0) === 0) return;
    await wait(200);
  }
  throw new Error('jobs did not finish after the restart');
}

/** In half of the rounds soon after the start; else a while after an answer ended, when much is going on. */
async function killMoment({ turns }: Talk): Promise<void> {
  const answers = () => turns.reduce((sum, { ended }) => sum + ended.length, 0);
  const before = answers();
  const deadline = Math.random() < 0.5 ? 0 : Date.now() + ANSWER_LIMIT_MS;
  while (Date.now() < deadline && answers() === before) await wait(20);
  await wait(100 + Math.random() * 1_000);
}

async function filesHolding(text: string): Promise<string[]> {
  const grep = promisify(execFile)('grep', ['-rlF', text, folder]);
  return grep.then(
    ({ stdout }) => stdout.trim().split('\n'),
    () => [],
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-crash-'));
  embedder = await embeddingServer();
  model = await talkingModel();
  server = await startServer(folder);
  await model.setUp(server.client);
  await server.kill();
  for (let round = 0; round < ROUNDS; round++) {
    server = await startServer(folder);
    const stop = new AbortController();
    const talking = Promise.all([
      load(server.client, diary, [...DAILY, [3, reembedding(embedder.url)]], stop.signal),
      converse(server.client, talk, stop.signal),
    ]);
    await killMoment(talk);
    const killed = server.kill();
    stop.abort();
    await Promise.all([killed, talking]);
  }
  server = await startServer(folder);
  cut = structuredClone(talk.turns);
  left = await kept(server.client, talk);
  await finish(server.client, talk);
  finished = await kept(server.client, talk);
  await settled(server.client);
}, 20 * 60_000);

afterAll(async () => {
  await server.kill();
  await model.close();
  embedder.close();
  await rm(folder, { recursive: true, force: true });
});

test('the load did something worth killing', () => {
  expect(mustBeThere(diary).length).toBeGreaterThan(ROUNDS / 2);
  expect(mustBeGone(diary).length).toBeGreaterThan(ROUNDS / 10);
});

test('kills fell in the middle of answers, and others came to their end', () => {
  expect(cut.reduce((sum, { cuts }) => sum + cuts, 0)).toBeGreaterThan(ROUNDS / 4);
  expect(cut.filter(({ ended }) => ended.length > 0).length).toBeGreaterThan(ROUNDS / 10);
});

test('every acknowledged document is there once, whole and searchable', async () => {
  expect(await documentsAmiss(server.client, diary)).toEqual(WHOLE);
});

test('every acknowledged message is there once, and none is there twice', async () => {
  expect(await messagesAmiss(server.client, diary)).toEqual(WHOLE);
});

test('a message sent again with its own id is there once, however often it was sent', () => {
  expect(keyedMessagesAmiss({ cut, left, talk, finished })).toEqual(WHOLE);
});

test('an answer that was announced is kept once, word for word, and told again to who asks again', () => {
  expect(answersAmiss({ cut, left, talk, finished }, model)).toEqual([]);
});

test('an answer that a kill cut is not there, or whole, or marked as cut; never twice, never mixed', () => {
  expect(cutAnswersAmiss({ cut, left, talk, finished }, model)).toEqual([]);
});

test('no call of the model is booked twice, and nothing stays reserved', async () => {
  const rows = bookedCalls(folder);
  const chats = rows.filter(({ feature }) => feature === 'chat');
  expect(rows.filter(({ outcome }) => outcome === 'running')).toEqual([]);
  const done = chats.flatMap(({ outcome, outputTokens }) => (outcome === 'done' ? outputTokens : []));
  expect(new Set(done).size).toBe(done.length);
  // What was announced was settled before.
  const told = talk.turns.flatMap(({ ended }) => ended.map(({ text }) => callOf(text)));
  expect(told.filter((call) => !done.includes(call))).toEqual([]);
  // Every call is entered before it begins; the process may die in between.
  const lost = chats.filter(({ outcome }) => outcome === 'lost').length;
  expect(lost).toBeGreaterThan(0);
  expect(chats.length).toBeGreaterThanOrEqual(model.calls());
  expect(chats.length).toBeLessThanOrEqual(model.calls() + lost);
  const { lines } = await server.client.call('usage', { query: {} });
  expect(lines.reduce((sum, { calls }) => sum + calls, 0)).toBe(rows.length);
  const { space } = await server.client.call('budgets', {});
  const spentMicros = rows.reduce((sum, { costMicros }) => sum + (costMicros ?? 0), 0);
  expect(space).toMatchObject({ spentMicros, reservedMicros: 0 });
});

test('what kills left reserved holds no later call', async () => {
  const { space } = await server.client.call('budgets', {});
  const dearest = Math.max(...bookedCalls(folder).map(({ costMicros }) => costMicros ?? 0));
  const capMicros = space.spentMicros + 2 * dearest;
  await server.client.call('setSpaceBudget', { body: { capMicros } });
  const canary = `ask${'0'.repeat(32)}`;
  const answer = await server.client.call('ask', { body: { question: `What is ${canary}?` } });
  expect(answer).toMatchObject({ kind: 'generated', text: model.said(canary)[0] });
});

test('why an answer is as it is can be read, where nothing was forgotten meanwhile', async () => {
  const ended = talk.turns.flatMap((turn) => turn.ended);
  const calls = new Map(ended.map(({ id, text }) => [id, callOf(text)]));
  const traces: AnswerTrace[] = [];
  const codes = new Set<string>();
  for (const id of calls.keys()) {
    try {
      traces.push(await server.client.call('answerTrace', { params: { id } }));
    } catch (error) {
      codes.add(toAppError(error).code);
    }
  }
  expect([...codes].filter((code) => code !== 'not-found')).toEqual([]);
  expect(traces.length).toBeGreaterThan(talk.turns.length / 10);
  const told = traces.map(({ messageId, ended: how, tokens }) => [messageId, how, tokens?.output]);
  expect(told).toEqual(traces.map(({ messageId }) => [messageId, 'stop', calls.get(messageId)]));
  expect(await jiwa(folder, 'why', traces.at(-1)?.messageId ?? '')).toContain('talker');
});

test('what survived can be recalled by its words', async () => {
  expect(await notRecalled(server.client, diary)).toEqual([]);
});

test('what was forgotten is gone from the answers and from the disk', async () => {
  expect(await stillRecalled(server.client, diary)).toEqual([]);
  const last = mustBeGone(diary)
    .filter((entry) => entry.kind === 'document')
    .slice(-10);
  for (const entry of last) {
    const files = await filesHolding(`The code ${entry.canary}`);
    expect(files.filter((file) => file.includes('/tenant/'))).toEqual([]);
  }
});

test('the stores agree with each other and no job is left behind', async () => {
  const report = await server.client.call('doctor', {});
  expect(report.checks.filter((check) => !check.ok)).toEqual([]);
});
