/** The work of requests, counted also when the client that asked has gone. */
export interface RunningWork {
  track<T>(work: Promise<T>): Promise<T>;
  count(): number;
  /** Resolves when nothing runs, at the latest when the limit fires. */
  ended(limit: AbortSignal): Promise<void>;
}

export function runningWork(): RunningWork {
  let count = 0;
  let look = () => {};
  const oneEnded = () => {
    count--;
    look();
  };
  return {
    track(work) {
      count++;
      // A failure is the affair of whoever asked for the work.
      work.then(oneEnded, oneEnded);
      return work;
    },
    count: () => count,
    ended: (limit) =>
      new Promise((resolve) => {
        look = () => {
          if (count === 0 || limit.aborted) resolve();
        };
        limit.addEventListener('abort', look, { once: true });
        look();
      }),
  };
}
