import type { Log } from '../../core/context.ts';
import type { RedisConnection } from '../connections/redis-connection.ts';

/** Whether Redis can be asked: it is connected, and answered when it was asked last. */
export interface RedisReach {
  able(): boolean;
  /** It has answered. */
  back(): void;
  lost(error: unknown): void;
  /** Rejects when the answer does not come in time; what was asked may be done all the same, later. */
  within<T>(asked: Promise<T>): Promise<T>;
}

export interface RedisReachOptions {
  readonly redis: RedisConnection;
  readonly now: () => number;
  readonly log: Log;
}

/** Redis that does not answer for so long counts as away, until it answers or some time is over. */
const ANSWER_LIMIT_MS = 5_000;
const AWAY_MS = 30_000;

export function redisReach({ redis, now, log }: RedisReachOptions): RedisReach {
  let awayUntil = -Infinity;
  return {
    able: () => redis.ready() && now() >= awayUntil,
    back() {
      awayUntil = -Infinity;
    },
    lost(error) {
      if (now() >= awayUntil) log.warn('redis-queue-failed', { error });
      awayUntil = now() + AWAY_MS;
    },
    async within(asked) {
      const late = AbortSignal.timeout(ANSWER_LIMIT_MS);
      const { promise, reject } = Promise.withResolvers<never>();
      late.addEventListener('abort', () => reject(late.reason as Error), { once: true });
      return Promise.race([asked, promise]);
    },
  };
}
