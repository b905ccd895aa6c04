import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Log } from '../../core/context.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { RedisConnection } from '../connections/redis-connection.ts';
import { memoryEventBus } from './memory-event-bus.ts';

export interface RedisEventBusOptions {
  readonly redis: RedisConnection;
  readonly log: Log;
}

const Message = z.object({
  from: z.string(),
  ownerId: z.string(),
  event: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('document-changed'), documentId: z.string() }),
    z.object({ kind: z.literal('job-changed'), jobId: z.string() }),
    z.object({ kind: z.literal('session-changed'), sessionId: z.string() }),
  ]),
});
type Message = z.infer<typeof Message>;

/**
 * Events of all processes that share a server of Redis. Readers of this process get its own events at once and without
 * Redis; what others say while Redis is away is lost.
 */
export function redisEventBus({ redis, log }: RedisEventBusOptions): EventBus {
  const here = memoryEventBus();
  const self = randomUUID();
  const channel = `${redis.prefix}:events`;
  // A connection that listens can do nothing else; it subscribes again by itself after it was lost.
  const listener = redis.client.duplicate();
  // The shared connection has said that Redis is away.
  listener.on('error', () => undefined);
  listener.on('message', (_channel, text) => {
    const message = readMessage(text);
    if (message === undefined) log.warn('event-not-understood');
    else if (message.from !== self) here.publish(message.ownerId, message.event);
  });
  listener.subscribe(channel).catch((error: unknown) => log.debug('events-not-heard', { error }));
  return {
    publish(ownerId, event) {
      here.publish(ownerId, event);
      if (!redis.ready()) return;
      const message: Message = { from: self, ownerId, event };
      redis.client
        .publish(channel, JSON.stringify(message))
        .catch((error: unknown) => log.debug('event-not-published', { error }));
    },
    subscribe: (ownerId, signal) => here.subscribe(ownerId, signal),
    async close() {
      listener.disconnect();
      await here.close();
    },
  };
}

/** Another version of Jiwa may say what this one does not know. */
function readMessage(text: string): Message | undefined {
  try {
    return Message.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
