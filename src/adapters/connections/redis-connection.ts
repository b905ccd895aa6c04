import { Redis } from 'ioredis';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';

/** A server of Redis that may go away and come back; commands given in between wait for it. */
export interface RedisConnection {
  readonly client: Redis;
  /** First part of every key and channel, so that installations can share a server. */
  readonly prefix: string;
  /** Whether it answers now, as far as is known. */
  ready(): boolean;
  /** Asks something small. Throws `unavailable` at once where nobody could answer. */
  ping(): Promise<void>;
  /** Calls `back` each time it can be reached again; gives the function that ends that. */
  onReady(back: () => void): () => void;
  close(): Promise<void>;
}

export interface RedisConnectionOptions {
  /** redis:// or rediss:// */
  readonly url: string;
  readonly prefix: string;
  readonly log: Log;
}

const CONNECT_LIMIT_MS = 5_000;
const LONGEST_PAUSE_MS = 2_000;

/** Connects, and again whenever the connection is lost. Does not wait for the server. */
export function openRedis({ url, prefix, log }: RedisConnectionOptions): RedisConnection {
  const client = new Redis(url, {
    connectTimeout: CONNECT_LIMIT_MS,
    // Blocking commands may take any time, and a command must outlive a restart of the server.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_PAUSE_MS),
  });
  const ready = () => client.status === 'ready';
  let away = false;
  client.on('error', (error) => {
    if (!away) log.warn('redis-away', { error });
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info('redis-back');
    away = false;
    void warnOfEviction(client, log);
  });
  return {
    client,
    prefix,
    ready,
    async ping() {
      // A command would wait until the server is back, one more for each question.
      if (!ready()) throw new AppError('unavailable', 'Redis cannot be reached.');
      await client.ping();
    },
    onReady(back) {
      client.on('ready', back);
      return () => client.off('ready', back);
    },
    async close() {
      client.disconnect();
    },
  };
}

/** A server that drops keys when its memory is full loses jobs until the ledger is looked at. */
async function warnOfEviction(client: Redis, log: Log): Promise<void> {
  const memory = await client.info('memory').catch(() => '');
  const [, policy] = /^maxmemory_policy:(\S+)/m.exec(memory) ?? [];
  const limited = !/^maxmemory:0\s*$/m.test(memory);
  if (limited && policy !== undefined && policy !== 'noeviction') log.warn('redis-evicts', { policy });
}
