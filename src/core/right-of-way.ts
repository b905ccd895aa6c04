import type { Timers } from './timers.ts';

/** Work that somebody waits for goes first; work in the background lets it pass. */
export interface RightOfWay {
  /** Somebody waits from now on, until the function is called that comes back; calling it again does nothing. */
  claim(): () => void;
  /** Resolves when nobody waits, or after `LONGEST_MS`: background work is slowed, never stopped. */
  pass(): Promise<void>;
}

/** Longer than an answer takes to begin; what waits longer, waits for something else. */
const LONGEST_MS = 200;

export function rightOfWay(timers: Timers): RightOfWay {
  let claims = 0;
  let freed = Promise.withResolvers<void>();
  return {
    claim() {
      claims++;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        if (--claims > 0) return;
        freed.resolve();
        freed = Promise.withResolvers();
      };
    },
    async pass() {
      if (claims === 0) return;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const stop = timers.after(LONGEST_MS, resolve);
      await Promise.race([freed.promise, late]);
      stop();
    },
  };
}

/** Work of so many milliseconds at a time; then whatever else waits for the thread gets its turn. */
const SLICE_MS = 2;

/** To be awaited between the pieces of long work on the main thread: now and then it lets all others pass. */
export function slices(
  way: Pick<RightOfWay, 'pass'>,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let since = now();
  return async () => {
    if (now() - since < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    await way.pass();
    since = now();
  };
}
