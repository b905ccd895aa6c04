/** Runs work with at most `limit` at a time, in the order of asking. */
export function limiter(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  let first = 0;
  const leave = () => {
    const next = waiting[first];
    if (!next) {
      free++;
      return;
    }
    first++;
    // Shifting an array of thousands for each of them would cost more than the work.
    if (first === waiting.length) waiting.length = first = 0;
    next();
  };
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
