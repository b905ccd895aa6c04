import { describe, expect, test } from 'vitest';
import { OWNER_A } from '../../test/fakes/ctx.ts';
import { fakeEmbedder } from '../../test/fakes/embedder.ts';
import { silentLog } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Embedder } from '../ports/embedder.ts';
import { embedderPool } from './embedder-pool.ts';

const { signal } = new AbortController();
const vector = new Float32Array([1]);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** An embedder whose questions wait for the test, and fail when it is closed. */
function slowEmbedder() {
  const asked: PromiseWithResolvers<Float32Array>[] = [];
  let closed = false;
  const embedder: Embedder = {
    ...fakeEmbedder(),
    embedQuery() {
      if (closed) throw new AppError('unavailable', 'The embedder is closed.');
      const answer = Promise.withResolvers<Float32Array>();
      asked.push(answer);
      return answer.promise;
    },
    async close() {
      closed = true;
      for (const { reject } of asked) reject(new AppError('aborted', 'The embedder was closed.'));
    },
  };
  return { embedder, answer: () => asked.shift()?.resolve(vector), closed: () => closed };
}

function servingPool() {
  const slow = slowEmbedder();
  const pool = embedderPool(silentLog);
  pool.put('text@a', slow.embedder);
  pool.switched(OWNER_A, 'text@a');
  return { pool, slow, ask: () => pool.active(OWNER_A).embedder.embedQuery('Who?', signal) };
}

describe('embedderPool', () => {
  test.each([
    ['replaced', (pool: ReturnType<typeof embedderPool>) => pool.put('text@a', fakeEmbedder())],
    ['left by its last owner', (pool) => pool.switched(OWNER_A, 'text@b')],
  ] satisfies [string, (pool: ReturnType<typeof embedderPool>) => unknown][])(
    'an embedder that is %s answers the questions it has, then it is closed',
    async (_, retire) => {
      const { pool, slow, ask } = servingPool();
      pool.put('text@b', fakeEmbedder());
      const questions = [ask(), ask()];
      retire(pool);
      await turn();
      slow.answer();
      await turn();
      expect(slow.closed()).toBe(false);
      slow.answer();
      expect(await Promise.all(questions)).toEqual([vector, vector]);
      await turn();
      expect(slow.closed()).toBe(true);
    },
  );

  test('an embedder without questions is closed as soon as it is replaced', async () => {
    const { pool, slow } = servingPool();
    pool.put('text@a', fakeEmbedder());
    await turn();
    expect(slow.closed()).toBe(true);
  });

  test('closing the pool waits for no question, not even of an embedder that was replaced', async () => {
    const { pool, slow, ask } = servingPool();
    const refused = ask().catch((error: unknown) => error);
    pool.put('text@a', fakeEmbedder());
    await pool.close();
    expect(slow.closed()).toBe(true);
    expect(await refused).toMatchObject({ code: 'aborted' });
  });
});
