import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { eventBusContract } from '../../../test/contracts/event-bus.ts';
import { OWNER_A, OWNER_B } from '../../../test/fakes/ctx.ts';
import { serverVariable } from '../../../test/servers/variables.ts';
import { silentLog } from '../../core/context.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import { openRedis } from '../connections/redis-connection.ts';
import { redisEventBus } from './redis-event-bus.ts';

function open(prefix: string = randomUUID()): EventBus {
  const redis = openRedis({ url: serverVariable('JIWA_TEST_REDIS'), prefix, log: silentLog });
  const bus = redisEventBus({ redis, log: silentLog });
  return {
    ...bus,
    async close() {
      await bus.close();
      await redis.close();
    },
  };
}

eventBusContract('redis', () => open());

it('carries the events of one process to the readers of another, of the same owner and installation only', async () => {
  const prefix = randomUUID();
  const [worker, server, stranger] = [open(prefix), open(prefix), open()];
  const stop = new AbortController();
  const events = server.subscribe(OWNER_A, stop.signal)[Symbol.asyncIterator]();
  const others = Array.fromAsync(server.subscribe(OWNER_B, stop.signal));
  const strangers = Array.fromAsync(stranger.subscribe(OWNER_A, stop.signal));
  const event = { kind: 'job-changed', jobId: 'one' } as const;
  // Until the other listens nothing is kept for it.
  const repeating = setInterval(() => worker.publish(OWNER_A, event), 20);
  expect((await events.next()).value).toEqual(event);
  clearInterval(repeating);
  stop.abort();
  expect([await others, await strangers]).toEqual([[], []]);
  for (const bus of [worker, server, stranger]) await bus.close();
});
