import { describe, expect, it } from 'vitest';
import type { AppError } from '../../core/errors.ts';
import { encoderLane } from './encoder-lane.ts';
import type { Encoded, EncoderWorker } from './encoder-worker.ts';

const { signal } = new AbortController();
const encoded: Encoded = { vectors: [], tookMs: 1 };

/** Workers whose answers the test gives. */
function scriptedWorkers() {
  const requests: { texts: readonly string[]; reply: PromiseWithResolvers<Encoded> }[] = [];
  const log: string[] = [];
  const start = (): EncoderWorker => {
    let alive = true;
    log.push('start');
    return {
      usable: () => alive,
      rest: () => {},
      wake: () => {},
      async stop(error: AppError) {
        alive = false;
        log.push('stop');
        requests.at(-1)?.reply.reject(error);
      },
      encode({ texts }) {
        const reply = Promise.withResolvers<Encoded>();
        requests.push({ texts, reply });
        reply.promise.catch(() => {
          alive = false;
        });
        return reply.promise;
      },
    };
  };
  return { requests, log, lane: encoderLane({ start, idleMs: 60_000 }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('encoderLane', () => {
  it('starts no worker before there is work, and one for all work', async () => {
    const { requests, log, lane } = scriptedWorkers();
    expect(log).toEqual([]);
    const both = Promise.all([lane.encode(['a'], signal), lane.encode(['b'], signal)]);
    await turn();
    requests[0]?.reply.resolve(encoded);
    await turn();
    requests[1]?.reply.resolve(encoded);
    await both;
    expect(log).toEqual(['start']);
    await lane.close();
  });

  it('takes texts whose signal fires from the queue', async () => {
    const { requests, lane } = scriptedWorkers();
    const first = lane.encode(['a'], signal);
    await turn();
    const stop = new AbortController();
    const second = lane.encode(['b'], stop.signal);
    stop.abort();
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
    requests[0]?.reply.resolve(encoded);
    await first;
    await turn();
    expect(requests.map((request) => request.texts)).toEqual([['a']]);
    await lane.close();
  });

  it('finishes what runs when its signal fires, because opening a model again costs more', async () => {
    const { requests, log, lane } = scriptedWorkers();
    const stop = new AbortController();
    const running = lane.encode(['a'], stop.signal);
    await turn();
    stop.abort();
    requests[0]?.reply.resolve(encoded);
    expect(await running).toBe(encoded);
    expect(log).toEqual(['start']);
    await lane.close();
  });

  it('opens the model anew after a failure', async () => {
    const { requests, log, lane } = scriptedWorkers();
    const first = lane.encode(['a'], signal);
    await turn();
    requests[0]?.reply.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    const second = lane.encode(['b'], signal);
    await turn();
    requests[1]?.reply.resolve(encoded);
    await second;
    expect(log).toEqual(['start', 'stop', 'start']);
    await lane.close();
  });
});
