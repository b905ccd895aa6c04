import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type Amiss,
  answersAmiss,
  cutAnswersAmiss,
  documentsAmiss,
  keyedMessagesAmiss,
  messagesAmiss,
  notRecalled,
  stillRecalled,
  type Talked,
  WHOLE,
} from '../../crash/checks.ts';
import { type Diary, mustBeGone, mustBeThere } from '../../crash/diary.ts';
import { embeddingServer } from '../../crash/embedding-server.ts';
import { DAILY, load } from '../../crash/load.ts';
import { all } from '../../crash/pages.ts';
import { converse, CUT_BESIDE_OTHERS, finish, kept, type Talk } from '../../crash/talk.ts';
import { type TalkingModel, talkingModel } from '../../crash/talking-model.ts';
import type { JobView } from '../../../src/wire/jobs.ts';
import { importing, importsAmiss, type Sent } from './imports.ts';
import { type Installation, openInstallation } from './installation.ts';

/** For the whole storm: STORM_WORKER_KILLS=20 STORM_SERVER_RESTARTS=10. */
const WORKER_KILLS = Number(process.env['STORM_WORKER_KILLS'] ?? 3);
const SERVER_RESTARTS = Number(process.env['STORM_SERVER_RESTARTS'] ?? 2);
const WORKERS = 3;
/** So many restarts go by for one where the server is told to end instead of killed. */
const TOLD_EVERY = 3;
const LONGEST_CALM_MS = 2_500;
/** A killed process is given up by then, and what it left is settled. */
const CONFLICT_MS = 30_000;
const SETTLE_LIMIT_MS = 3 * 60_000;
const ENOUGH_MS = 60_000;

type Blow = 'worker' | 'kill' | 'tell';

const diary: Diary = { entries: [], sessions: [] };
const talk: Talk = { turns: [], sessions: [] };
const imports: Sent[] = [];
const figures = {
  lastRestarts: 0,
  jobsRunningAtKills: 0,
  stormMs: 0,
  resentMs: 0,
  settledMs: 0,
  lost: 0,
  doubled: 0,
};
let installation: Installation;
let embedder: Awaited<ReturnType<typeof embeddingServer>>;
let model: TalkingModel;
let talked: Talked;

const api = () => installation.server().client;

function shuffledBlows(): Blow[] {
  const restarts = Array.from({ length: SERVER_RESTARTS }, (_, n): Blow =>
    n % TOLD_EVERY === TOLD_EVERY - 1 ? 'tell' : 'kill',
  );
  const blows = [...Array.from({ length: WORKER_KILLS }, (): Blow => 'worker'), ...restarts];
  const drawn = blows.map((blow) => ({ blow, at: Math.random() }));
  return drawn.sort((a, b) => a.at - b.at).map(({ blow }) => blow);
}

/** People at work on the server that runs now; resolves when the last of them has gone. */
function people(): () => Promise<unknown> {
  const stop = new AbortController();
  const acts = [...DAILY, [4, importing(imports)] as const];
  const working = Promise.all([
    load(api(), diary, acts, stop.signal),
    converse(api(), talk, stop.signal, CUT_BESIDE_OTHERS),
  ]);
  // Whoever failed says so when people leave.
  working.catch(() => undefined);
  return () => {
    stop.abort();
    return working;
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return Math.round(performance.now() - begun);
}

/** In a short storm chance may spare people what this is about. */
const enough = () =>
  mustBeThere(diary).length > WORKER_KILLS + SERVER_RESTARTS &&
  imports.some(({ acknowledged }) => acknowledged);
const someAnswerWasCut = () => talk.turns.some(({ cuts }) => cuts > 0);

async function jobsRun(): Promise<number> {
  const { jobs } = await api().call('status', {});
  return jobs['running'] ?? 0;
}

async function storm(): Promise<void> {
  let leave = people();
  for (const blow of shuffledBlows()) {
    await pause(Math.random() * LONGEST_CALM_MS);
    if (blow === 'worker') {
      const running = await vi.waitFor(async () => (await jobsRun()) || Promise.reject(new Error('no job')), {
        timeout: ENOUGH_MS,
      });
      figures.jobsRunningAtKills += running;
      await installation.killWorker();
      continue;
    }
    const ended = installation.endServer(blow === 'kill' ? 'SIGKILL' : 'SIGTERM');
    const left = leave();
    expect(await ended).toBe(blow === 'kill' ? null : 0);
    await left;
    await installation.startServer();
    leave = people();
  }
  for (;;) {
    await vi.waitUntil(enough, { timeout: ENOUGH_MS });
    await installation.endServer('SIGKILL');
    await leave();
    await installation.startServer();
    figures.lastRestarts += 1;
    if (someAnswerWasCut()) return;
    leave = people();
    await pause(Math.random() * LONGEST_CALM_MS);
  }
}

/** Jobs that run or are due; snapshots of conversations wait until these have been quiet for a minute. */
async function openJobs(): Promise<JobView[]> {
  const ofStatus = (status: JobView['status']) => all<JobView>(api(), 'listJobs', {}, { status });
  const queued = (await ofStatus('queued')).filter(({ runAt }) => runAt <= Date.now());
  return [...(await ofStatus('running')), ...queued];
}

async function settled(): Promise<void> {
  const deadline = Date.now() + SETTLE_LIMIT_MS;
  for (let open = await openJobs(); open.length > 0; open = await openJobs()) {
    if (Date.now() > deadline) throw new Error(`jobs did not end: ${JSON.stringify(open.slice(0, 3))}`);
    await pause(200);
  }
}

beforeAll(async () => {
  [embedder, model, installation] = await Promise.all([
    embeddingServer(),
    talkingModel(),
    openInstallation(WORKERS),
  ]);
  await model.setUp(api());
  const remote = { kind: 'remote', baseUrl: embedder.url, model: 'crash-test', dimensions: 16 } as const;
  await api().call('useEmbedder', { body: remote });
  await settled();
  figures.stormMs = await timed(storm);
  const cut = structuredClone(talk.turns);
  const left = await kept(api(), talk);
  figures.resentMs = await timed(() => finish(api(), talk, CONFLICT_MS));
  talked = { cut, left, talk, finished: await kept(api(), talk) };
  figures.settledMs = await timed(settled);
}, 20 * 60_000);

afterAll(async () => {
  const there = mustBeThere(diary);
  const acknowledged = {
    documents: there.filter(({ kind }) => kind === 'document').length,
    messages: there.filter(({ kind }) => kind === 'message').length,
    deletions: mustBeGone(diary).length,
    imports: imports.filter((each) => each.acknowledged).length,
    answers: talk.turns.filter(({ ended }) => ended.length > 0).length,
  };
  console.log(JSON.stringify({ WORKER_KILLS, SERVER_RESTARTS, ...figures, acknowledged }));
  await installation.close();
  await model.close();
  embedder.close();
}, 120_000);

/** Counts it for the figures of the run. */
function noted(found: Amiss): Amiss {
  figures.lost += found.lost.length;
  figures.doubled += found.doubled.length;
  return found;
}

test('the people did enough, and workers died at work', () => {
  expect([enough(), someAnswerWasCut()]).toEqual([true, true]);
  expect(figures.jobsRunningAtKills).toBeGreaterThanOrEqual(WORKER_KILLS);
});

test('every acknowledged document is there once, whole and searchable', async () => {
  expect(noted(await documentsAmiss(api(), diary))).toEqual(WHOLE);
});

test('every acknowledged message is there once, and none is there twice', async () => {
  expect(noted(await messagesAmiss(api(), diary))).toEqual(WHOLE);
});

test('a message sent again with its own id is there once, however often it was sent', () => {
  expect(noted(keyedMessagesAmiss(talked))).toEqual(WHOLE);
});

test('an answer that was announced is kept once, word for word', () => {
  expect(answersAmiss(talked, model)).toEqual([]);
});

test('an answer that was cut is not there, or whole, or marked as cut', () => {
  expect(cutAnswersAmiss(talked, model)).toEqual([]);
});

test('every message of an acknowledged history is there once', async () => {
  expect(noted(await importsAmiss(api(), imports))).toEqual(WHOLE);
});

test('every job has one result', async () => {
  const jobs = await all<JobView>(api(), 'listJobs', {});
  expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
  const begun = jobs.filter(({ status, attempt }) => status !== 'queued' || attempt > 0);
  expect(begun.length).toBeGreaterThan(mustBeThere(diary).length);
  const without = begun.filter(({ status, result }) => status !== 'done' || result === undefined);
  expect(without).toEqual([]);
});

test('what survived can be recalled by its words', async () => {
  expect(await notRecalled(api(), diary)).toEqual([]);
});

test('what was forgotten is gone from the answers', async () => {
  expect(await stillRecalled(api(), diary)).toEqual([]);
});

test('no call of the model is booked twice, and nothing stays reserved', async () => {
  const rows = await installation.stores.ledgerRows();
  const calls = rows.flatMap(({ table, values }) => (table === 'usage' ? [values] : []));
  expect(calls.filter(({ outcome }) => outcome === 'running')).toEqual([]);
  const chats = calls.filter(({ feature, outcome }) => feature === 'chat' && outcome === 'done');
  const tokens = chats.map((row) => row['output_tokens']);
  expect(new Set(tokens).size).toBe(tokens.length);
  expect((await api().call('budgets', {})).space).toMatchObject({ reservedMicros: 0 });
});

test('every vector is there, and the stores agree with each other', async () => {
  const { vectors } = await api().call('status', {});
  expect(vectors.done).toBe(vectors.of);
  const report = await api().call('doctor', {});
  expect(report.checks.filter((check) => !check.ok)).toEqual([]);
});

test('no process ended the token of another', async () => {
  const rows = await installation.stores.ledgerRows();
  const tokens = rows.filter(({ table, values }) => table === 'credentials' && values['kind'] === 'token');
  expect(tokens.map(({ values }) => values['revoked_at'])).toEqual([null]);
});

test('workers that are told to end leave nothing behind, nor do killed ones after a while', async () => {
  expect(await installation.stopWorkers()).toEqual(Array.from({ length: WORKERS }, () => 0));
  const left = async () =>
    (await installation.stores.ledgerRows())
      .map(({ table }) => table)
      .filter((table) => table === 'processes' || table === 'intents' || table === 'leases');
  await vi.waitFor(async () => expect(await left()).toEqual(['processes']), {
    timeout: CONFLICT_MS,
    interval: 500,
  });
});
