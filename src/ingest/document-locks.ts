/**
 * Lets one piece of work at a time touch what is stored of a document, so that an upload, the job that reads it and its
 * deletion never write between each other's steps. One process owns a data folder, so this is enough.
 */
export interface DocumentLocks {
  /** Waits for earlier work with the same key, then runs `work`. Work must not ask for a key that it holds. */
  readonly exclusive: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}

export function documentLocks(): DocumentLocks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    async exclusive(key, work) {
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
    },
  };
}
