import { setImmediate } from 'node:timers/promises';

/**
 * Gives the first value of `look` that is neither undefined nor false, letting the event loop (and other threads) go on
 * between looks; throws when there is none within 5 seconds.
 */
export async function eventually<T>(look: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + 5_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>;
    if (performance.now() > end) throw new Error('what the test waits for did not come within 5 s');
    await setImmediate();
  }
}
