import { expect, test } from 'vitest';
import { AppError } from '../core/errors.ts';
import { openReadiness, type ReadinessDeps } from './readiness.ts';
import { openStanding } from './standing.ts';

const well = async () => 0;
const away = () => Promise.reject(new AppError('unavailable', 'The server cannot be reached.'));
const silent = () => new Promise<never>(() => {});

type Ask = () => Promise<unknown>;

/** Readiness over stores that answer as they are told. */
function readiness(
  asks: Partial<Record<'ledger' | 'memory' | 'objects', Ask>>,
  rest: Partial<ReadinessDeps> = {},
) {
  const { ledger = well, memory = well, objects = well } = asks;
  const deps = {
    ledger: { systemReads: () => ({ table: () => ({ count: ledger }) }) },
    memory: { get: memory },
    objects: { info: objects },
    standing: openStanding(),
    ...rest,
  } as unknown as ReadinessDeps;
  return openReadiness(deps);
}

test('all is well when every store answers', async () => {
  const ok = { state: 'ok' };
  const parts = { ledger: ok, memory: ok, objects: ok, embedder: ok, model: ok };
  expect(await readiness({})()).toEqual({ ready: true, parts });
});

test.each(['ledger', 'memory', 'objects'] as const)('without the %s nobody is served', async (name) => {
  await expect(readiness({ [name]: away })()).rejects.toMatchObject({
    code: 'unavailable',
    message: `Not ready: ${name}.`,
    details: { parts: { [name]: { state: 'down', note: expect.stringContaining('cannot be reached. ') } } },
  });
});

test('stores that fall silent are told within two seconds, all together', async () => {
  const startedAt = performance.now();
  await expect(readiness({ ledger: silent, memory: silent, objects: silent })()).rejects.toMatchObject({
    message: 'Not ready: ledger, memory, objects.',
  });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('a silent store is not asked again by each probe, and is back with its answer', async () => {
  const answer = Promise.withResolvers<number>();
  let asked = 0;
  const ready = readiness({
    ledger: () => {
      asked += 1;
      return answer.promise;
    },
  });
  const probes = [ready(), ready()];
  for (const probe of probes) await expect(probe).rejects.toMatchObject({ code: 'unavailable' });
  expect(asked).toBe(1);
  answer.resolve(0);
  expect(await ready()).toMatchObject({ ready: true });
});

test('without the server of the queues work goes on', async () => {
  let askQueue: Ask = away;
  const ready = readiness({}, { askQueue: () => askQueue() });
  expect(await ready()).toMatchObject({
    ready: true,
    parts: {
      queue: {
        state: 'degraded',
        note: 'The server cannot be reached. Work goes on without it; what other servers do is seen late.',
      },
    },
  });
  askQueue = well;
  expect(await ready()).toMatchObject({ parts: { queue: { state: 'ok' } } });
});

test.each([
  ['embedder', 'Memory is searched by words only.'],
  ['model', 'Answers are passages of what memory holds.'],
] as const)('without the %s Jiwa is ready and says what still works', async (part, means) => {
  const standing = openStanding();
  const ready = readiness({}, { standing });
  standing.failed(part, new AppError('unavailable', 'It does not answer.'));
  expect(await ready()).toMatchObject({
    ready: true,
    parts: { [part]: { state: 'degraded', note: `It does not answer. ${means}` } },
  });
  standing.worked(part);
  expect(await ready()).toMatchObject({ parts: { [part]: { state: 'ok' } } });
});

test('an answer that is late once or twice is no failure of a part, a third time it is', () => {
  const standing = openStanding();
  const late = new AppError('timeout', 'Not in time.');
  const seen = [1, 2, 3].map(() => {
    standing.failed('embedder', late);
    return standing.failure('embedder');
  });
  expect(seen).toEqual([undefined, undefined, late]);
});

test.each(['aborted', 'invalid-input', 'provider-refused'] as const)(
  '%s says nothing of a part',
  async (code) => {
    const standing = openStanding();
    standing.failed('model', new AppError(code, 'No.'));
    expect(standing.failure('model')).toBeUndefined();
  },
);
