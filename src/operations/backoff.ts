const FIRST_MS = 2_000;
const FACTOR = 4;
const LONGEST_MS = 10 * 60 * 1_000;

/**
 * Milliseconds to wait after failed attempt `attempt` (from 1): 2 s, 8 s, 32 s … up to 10 minutes, of which a random half
 * is taken off so that jobs which failed together do not come back together ("equal jitter", AWS Architecture Blog, "Exponential
 * Backoff And Jitter"). What the other side asked for (`retryAfterMs`) is never cut.
 */
export function backoffMs(attempt: number, random: number, retryAfterMs = 0): number {
  const full = Math.min(FIRST_MS * FACTOR ** (attempt - 1), LONGEST_MS);
  return Math.max(Math.round(full * (0.5 + random / 2)), retryAfterMs);
}
