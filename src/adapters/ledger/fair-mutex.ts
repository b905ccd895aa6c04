/** Lets one in at a time, in the order of asking. */
export interface FairMutex {
  /** Resolves with the function that lets the next one in; calling it again does nothing. */
  acquire(): Promise<() => void>;
}

export function fairMutex(): FairMutex {
  let last: Promise<void> = Promise.resolve();
  return {
    async acquire() {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      await before;
      return resolve;
    },
  };
}
