import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { trouble } from '../../core/trouble.ts';
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
  const asking = trouble({ log, begins: 'redis-queue-failed', ends: 'redis-queue-works-again' });
  return {
    able: () => redis.ready() && now() >= awayUntil,
    back() {
      awayUntil = -Infinity;
      asking.worked();
    },
    lost(error) {
      asking.failed({ error });
      awayUntil = now() + AWAY_MS;
    },
    async within(asked) {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.reject(new AppError('timeout', `Redis gave no answer within ${ANSWER_LIMIT_MS / 1_000} s.`));
      }, ANSWER_LIMIT_MS);
      try {
        return await Promise.race([asked, late.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
