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
  const [worker, server] = [open(prefix), open(prefix)];
  const elsewhere = randomUUID();
  const [strange, stranger] = [open(elsewhere), open(elsewhere)];
  const stop = new AbortController();
  const readerOf = (bus: EventBus, ownerId: string) => {
    const events = bus.subscribe(ownerId, stop.signal)[Symbol.asyncIterator]();
    return async () => [(await events.next()).value, (await events.next()).value] as unknown[];
  };
  const readers = [readerOf(server, OWNER_A), readerOf(server, OWNER_B), readerOf(stranger, OWNER_A)];
  const ofJob = (jobId: string) => ({ kind: 'job-changed', jobId }) as const;
  // Until the others listen nothing is kept for them.
  const repeating = setInterval(() => {
    worker.publish(OWNER_A, ofJob('one'));
    worker.publish(OWNER_B, ofJob('of another owner'));
    strange.publish(OWNER_A, ofJob('of another installation'));
  }, 20);
  const heard = await Promise.all(readers.map((read) => read()));
  clearInterval(repeating);
  const twice = (jobId: string) => [ofJob(jobId), ofJob(jobId)];
  expect(heard).toEqual([twice('one'), twice('of another owner'), twice('of another installation')]);
  stop.abort();
  for (const bus of [worker, server, strange, stranger]) await bus.close();
});
