import { setTimeout as sleep } from 'node:timers/promises';

/** Events of which the first has come, or is still awaited. */
export interface Begun<T> {
  readonly first: T | undefined;
  /** All of them, the first included. */
  readonly events: AsyncIterable<T>;
}

async function* all<T>(first: Promise<IteratorResult<T>>, rest: AsyncIterator<T>): AsyncIterable<T> {
  try {
    for (let next = await first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/**
 * Waits for the first event, so that what fails before it is thrown here and answered with a status of its own; but no
 * longer than `patienceMs`: then the caller should be told that somebody is there.
 */
export async function begun<T>(events: AsyncIterable<T>, patienceMs: number): Promise<Begun<T>> {
  const rest = events[Symbol.asyncIterator]();
  const first = rest.next();
  const waited = new AbortController();
  const patience = sleep(patienceMs, undefined, { signal: waited.signal }).catch(() => undefined);
  try {
    const came = await Promise.race([first, patience]);
    return { first: came?.done === true ? undefined : came?.value, events: all(first, rest) };
  } finally {
    waited.abort();
  }
}
