import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notReady } from '../command/readiness.ts';
import { serversOf } from '../kinds/all.ts';
import { SERVER_NAMES, type Server } from '../kinds/server.ts';
import { type FaultyServer, faultyServer } from './faulty-server.ts';

const ANSWER_LIMIT_MS = 1_000;

describe.each(SERVER_NAMES)('%s', (name) => {
  const server = serversOf([name])[0] as Server;
  let faulty: FaultyServer;
  beforeAll(async () => {
    faulty = await faultyServer(name);
  });
  afterAll(() => faulty.close());

  const failure = () => notReady(server, faulty.environment, AbortSignal.timeout(60_000));

  async function isSilent(): Promise<boolean> {
    const given = new AbortController();
    const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const silence = new Promise<true>((resolve) => limit.addEventListener('abort', () => resolve(true)));
    const answered = notReady(server, faulty.environment, given.signal).then(() => false);
    const silent = await Promise.race([silence, answered]);
    given.abort();
    await answered.catch(() => undefined);
    return silent;
  }

  test.each(['stop', 'kill'] as const)(
    'serves nobody after %s, and serves again after a start',
    async (end) => {
      expect(await failure()).toBeUndefined();
      await faulty[end]();
      expect(await failure()).toEqual(expect.any(String));
      await faulty.start();
      expect(await failure()).toBeUndefined();
    },
  );

  test('says nothing while it is paused', async () => {
    faulty.pause();
    expect(await isSilent()).toBe(true);
    faulty.resume();
    expect(await failure()).toBeUndefined();
  });

  test('takes its time while it is slow', async () => {
    faulty.slow(300);
    const startedAt = performance.now();
    expect(await failure()).toBeUndefined();
    expect(performance.now() - startedAt).toBeGreaterThan(600);
    faulty.slow(0);
  });
});
