import { AppError } from '../core/errors.ts';
import type { LimitName } from '../wire/route.ts';

/** Calls a minute of one address, user, key or account; `failure` counts secrets that were not known. */
export const CALLS_PER_MINUTE: Readonly<Record<LimitName | 'failure', number>> = {
  login: 5,
  failure: 30,
  chat: 30,
  upload: 60,
  request: 600,
};

export type CallsPerMinute = typeof CALLS_PER_MINUTE;

const MINUTE_MS = 60_000;
/** Far more than a family or a team has; beyond it the ones longest unused are forgotten. */
const MOST_BUCKETS = 10_000;

interface Bucket {
  /** How many calls are left, at the time. */
  readonly left: number;
  readonly at: number;
}

export interface RateLimits {
  /** Takes one call from each of the allowances, or none. Throws `rate-limited` with the time until there is one again. */
  take(name: keyof CallsPerMinute, ...keys: readonly string[]): void;
}

/** Token buckets (RFC 2697 in spirit): a minute's calls may come at once, then they come back evenly. */
export function rateLimits(now: () => number, perMinute: CallsPerMinute = CALLS_PER_MINUTE): RateLimits {
  const buckets = new Map<string, Bucket>();
  const standing = (id: string, most: number): number => {
    const bucket = buckets.get(id);
    if (bucket === undefined) return most;
    return Math.min(most, bucket.left + ((now() - bucket.at) / MINUTE_MS) * most);
  };
  return {
    take(name, ...keys) {
      const most = perMinute[name];
      const ids = keys.map((key) => `${name} ${key}`);
      const least = Math.min(...ids.map((id) => standing(id, most)));
      if (least < 1) {
        const retryAfterMs = Math.ceil(((1 - least) / most) * MINUTE_MS);
        throw new AppError('rate-limited', `Expected at most ${most} calls of this kind a minute.`, {
          retryAfterMs,
        });
      }
      for (const id of ids) {
        const left = standing(id, most) - 1;
        // Taken out and put back, so that the map's order is the order of use.
        buckets.delete(id);
        buckets.set(id, { left, at: now() });
      }
      for (const id of buckets.keys()) {
        if (buckets.size <= MOST_BUCKETS) break;
        buckets.delete(id);
      }
    },
  };
}
