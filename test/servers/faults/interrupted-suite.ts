import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReadyView } from '../../../src/wire/system.ts';
import { partsNow } from '../../../src/surfaces/cli/parts-now.ts';
import { mustBeGone, mustBeThere } from '../../crash/diary.ts';
import { all } from '../../crash/pages.ts';
import { type RunningApp, runningApp } from '../../e2e/running-app.ts';
import type { ServerName } from '../kinds/server.ts';
import { configuredFor } from './configured-for.ts';
import { type FaultyServer, faultyServer } from './faulty-server.ts';
import { type LoadUnderFault, loadUnderFault } from './load-under-fault.ts';

export interface Interrupted {
  /** What readiness calls the part that is the server's. */
  readonly part: string;
  /** How that part is without the server. */
  readonly without: State;
  /** Longest time to the head of an answer, in ms. */
  readonly requestLimitMs: number;
}

type State = ReadyView['parts'][string]['state'];

const gone: Fault['states'] = (without) => [without];

interface Fault {
  readonly ms: number;
  /** How the part may be meanwhile, by how it is without the server. */
  states(without: State): readonly (State | undefined)[];
  begin(server: FaultyServer): void | Promise<void>;
  end(server: FaultyServer): void | Promise<void>;
}

const FAULTS: Readonly<Record<'stopped' | 'killed' | 'paused' | 'slow', Fault>> = {
  stopped: { ms: 4_000, states: gone, begin: (server) => server.stop(), end: (server) => server.start() },
  killed: { ms: 4_000, states: gone, begin: (server) => server.kill(), end: (server) => server.start() },
  // Longer than a call to any server is waited for.
  paused: { ms: 15_000, states: gone, begin: (server) => server.pause(), end: (server) => server.resume() },
  slow: {
    ms: 6_000,
    states: (without) => ['ok', without],
    begin: (server) => server.slow(100),
    end: (server) => server.slow(0),
  },
};

const NO_LIMITS = 'failure=100000,chat=100000,upload=100000,request=100000';
const LOAD_MS = 2_000;
/** Readiness takes less than 2 s; the machine may be busy. */
const READY_ANSWER_MS = 4_000;
/** After the end of a fault everything is as before. */
const RECOVERY_MS = 20_000;
const TEST_MS = 90_000;

/**
 * Stops, kills, pauses and slows a server while people use Jiwa on it: what fails is refused in time and with a code,
 * what was acknowledged is kept once, and nobody has to help.
 */
export function interruptedSuite(name: ServerName, { part, without, requestLimitMs }: Interrupted): void {
  let server: FaultyServer;
  let run: RunningApp;
  let load: LoadUnderFault;
  beforeAll(async () => {
    server = await faultyServer(name);
    const configured = await configuredFor(name, server.environment);
    run = await runningApp({ ...configured, JIWA_RATE_LIMITS: NO_LIMITS });
    load = loadUnderFault(run.app);
  }, 120_000);
  afterAll(async () => {
    await load.stop();
    await run.end();
    await server.close();
  });

  const stateOfPart = async () =>
    (await partsNow({ client: run.api }, AbortSignal.timeout(READY_ANSWER_MS)))[part]?.state;

  /** Resolves when the part is well, and each kind of act came to its end since the fault did. */
  const recovered = async () => {
    const deadline = Date.now() + RECOVERY_MS;
    const before = load.acts.length;
    const missing = new Set([part, 'upload', 'say', 'forget']);
    while (missing.size > 0) {
      if (Date.now() > deadline) throw new Error(`not as before: ${[...missing].join(', ')}`);
      await wait(100);
      if ((await stateOfPart()) === 'ok') missing.delete(part);
      for (const { act, outcome } of load.acts.slice(before)) if (outcome === 'done') missing.delete(act);
    }
  };

  test.each(Object.keys(FAULTS) as (keyof typeof FAULTS)[])(
    'while it is %s, requests are served or refused in time, and afterwards all is as before',
    async (kind) => {
      await wait(LOAD_MS);
      const fault = FAULTS[kind];
      const before = load.answers.length;
      try {
        await fault.begin(server);
        await wait(fault.ms);
        expect(fault.states(without)).toContain(await stateOfPart());
        expect((await fetch(`${run.app.url}/livez`)).status).toBe(200);
      } finally {
        await fault.end(server);
      }
      await recovered();
      const answers = load.answers.slice(before);
      const failures = answers.filter(({ status }) => status >= 500);
      const told = failures.map(({ status, retryAfter }) => `${status}, retry after ${retryAfter}`);
      const right = new Set(['503, retry after 2', '504, retry after 2']);
      expect(told.filter((each) => !right.has(each))).toEqual([]);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(requestLimitMs);
    },
    TEST_MS,
  );

  test(
    'what was acknowledged is there once, and what was deleted is gone',
    async () => {
      await load.stop();
      await run.settled();
      const there = mustBeThere(load.diary);
      const gone = mustBeGone(load.diary);
      expect(there.length).toBeGreaterThan(10);
      expect(gone.length).toBeGreaterThan(0);
      const kept = await keptBy(run, load.diary.sessions);
      for (const { id, canary } of there) expect([canary, kept.get(canary)]).toEqual([canary, [id]]);
      for (const { id, canary } of gone) expect(kept.get(canary) ?? []).not.toContain(id);
      // Writes that were cut are finished some minutes later, or now.
      run = await run.restarted();
      await run.settled();
      expect((await run.api.call('doctor', {})).checks.filter(({ ok }) => !ok)).toEqual([]);
    },
    TEST_MS,
  );
}

/** Ids of the documents that can be recalled and of the messages that were written, by the text found nowhere else. */
async function keptBy({ api }: RunningApp, sessions: readonly string[]): Promise<Map<string, string[]>> {
  const kept = new Map<string, string[]>();
  const keep = (canary: string, id: string) => kept.set(canary, [...(kept.get(canary) ?? []), id]);
  type Document = { readonly id: string; readonly filename: string; readonly status: string };
  for (const { id, filename, status } of await all<Document>(api, 'listDocuments', {})) {
    if (status === 'ready') keep(filename.replace(/\.txt$/, ''), id);
  }
  type Message = { readonly id: string; readonly role: string; readonly text: string };
  for (const session of sessions) {
    for (const { id, role, text } of await all<Message>(api, 'listMessages', { params: { id: session } })) {
      const canary = /msg[0-9a-f]{32}/.exec(text)?.[0];
      if (role === 'user' && canary !== undefined) keep(canary, id);
    }
  }
  return kept;
}
