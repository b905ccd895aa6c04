import { expect, test } from 'vitest';
import type { AppError } from '../../core/errors.ts';
import { workerPool, type PooledWorker } from './worker-pool.ts';

const never = new AbortController().signal;

/** A worker whose work ends when the test says so. */
function fakeWorker(name: number) {
  let good = true;
  let failing: ((error: AppError) => void) | undefined;
  const worker = {
    name,
    stopped: false,
    usable: () => good,
    rest() {},
    wake() {},
    async stop(error: AppError) {
      good = false;
      worker.stopped = true;
      failing?.(error);
    },
    wear() {
      good = false;
    },
    run: () => new Promise<never>((_, reject) => (failing = reject)),
  } satisfies PooledWorker & Record<string, unknown>;
  return worker;
}

function poolOf(size: number, idleMs = 60_000) {
  const started: ReturnType<typeof fakeWorker>[] = [];
  const start = () => {
    const worker = fakeWorker(started.length);
    started.push(worker);
    return worker;
  };
  return { started, pool: workerPool({ size, idleMs, start }) };
}

test('starts a worker when there is work and uses it again', async () => {
  const { pool, started } = poolOf(2);
  expect(started).toHaveLength(0);
  expect(await pool.use(never, async (worker) => worker.name)).toBe(0);
  expect(await pool.use(never, async (worker) => worker.name)).toBe(0);
  await pool.close();
});

test('lends no more workers at once than its size, in the order of asking', async () => {
  const { pool, started } = poolOf(2);
  const order: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const uses = gates.map((gate, index) =>
    pool.use(never, async () => {
      order.push(index);
      await gate.promise;
    }),
  );
  gates[1]?.resolve();
  await uses[1];
  gates[0]?.resolve();
  await uses[0];
  gates[3]?.resolve();
  gates[2]?.resolve();
  await Promise.all(uses);
  expect(order).toEqual([0, 1, 2, 3]);
  expect(started).toHaveLength(2);
  await pool.close();
});

test('replaces a worker that is no longer good', async () => {
  const { pool, started } = poolOf(1);
  await pool.use(never, async (worker) => worker.wear());
  expect(started[0]?.stopped).toBe(true);
  expect(await pool.use(never, async (worker) => worker.name)).toBe(1);
  await pool.close();
});

test('an abort stops the worker of running work and lets the next one in', async () => {
  const { pool, started } = poolOf(1);
  const abort = new AbortController();
  const running = pool.use(abort.signal, (worker) => worker.run());
  const next = pool.use(never, async (worker) => worker.name);
  await Promise.resolve();
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'aborted' });
  expect(started[0]?.stopped).toBe(true);
  expect(await next).toBe(1);
  await pool.close();
});

test('an abort takes waiting work from the queue and leaves the running worker alone', async () => {
  const { pool, started } = poolOf(1);
  const gate = Promise.withResolvers<void>();
  const abort = new AbortController();
  let ran = false;
  const running = pool.use(never, () => gate.promise);
  const waiting = pool.use(abort.signal, async () => {
    ran = true;
  });
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  gate.resolve();
  await running;
  expect(ran).toBe(false);
  expect(started[0]?.stopped).toBe(false);
  await pool.close();
});

test('stops a worker that had no work for a while', async () => {
  const { pool, started } = poolOf(1, 0);
  await pool.use(never, async () => {});
  await expect.poll(() => started[0]?.stopped).toBe(true);
  await pool.close();
});

test('closing fails what runs and waits, and refuses what comes', async () => {
  const { pool, started } = poolOf(1);
  const running = pool.use(never, (worker) => worker.run());
  const waiting = pool.use(never, async () => {});
  const ends = Promise.allSettled([running, waiting]);
  await Promise.resolve();
  await pool.close();
  for (const end of await ends)
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
  expect(started).toHaveLength(1);
  await expect(pool.use(never, async () => {})).rejects.toMatchObject({ code: 'unavailable' });
});
