/**
 * Waits for earlier work with the same key, then runs `work`. Work must not ask for a key that it holds. `waiting` ends the
 * wait for work of other processes; that of this one is told to end by whoever ends this.
 */
export type Turns = <T>(key: string, work: () => Promise<T>, waiting?: AbortSignal) => Promise<T>;

/** Lets one piece of work with a key run at a time, in the order of asking; keys know nothing of each other. */
export function turns(): Turns {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(work);
    // Whoever comes next waits for this work, not for its success.
    const tail = mine.catch(() => undefined);
    tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}
