import { AppError } from '../../src/core/errors.ts';
import type { ComputeTask } from '../../src/ports/compute.ts';

/** Says the number of primes below `limit`, and uses the thread for it. */
export const countPrimes: ComputeTask<{ readonly limit: number }, number> = {
  name: 'count-primes',
  run({ limit }) {
    let count = 0;
    for (let n = 2; n < limit; n++) if (isPrime(n)) count++;
    return count;
  },
};

/** Gives back floats doubled: typed arrays and nested values must survive the way. */
export const doubleAll: ComputeTask<
  { readonly values: Float32Array; readonly label: string },
  { readonly doubled: Float32Array; readonly labels: ReadonlyMap<string, number> }
> = {
  name: 'double-all',
  run: ({ values, label }) => ({
    doubled: values.map((x) => x * 2),
    labels: new Map([[label, values.length]]),
  }),
};

export const refuse: ComputeTask<string, never> = {
  name: 'refuse',
  run(reason) {
    throw new AppError('invalid-input', reason, { details: { reason } });
  },
};

export const fail: ComputeTask<string, never> = {
  name: 'fail',
  run(reason) {
    throw new RangeError(reason);
  },
};

/** Never ends: what an abort must be able to stop on a thread. */
export const spin: ComputeTask<null, never> = {
  name: 'spin',
  run() {
    for (;;);
  },
};

/** Ends the thread it runs on; never for the thread of a test. */
export const die: ComputeTask<null, never> = { name: 'die', run: () => process.exit(1) };

export const sampleTasks = [countPrimes, doubleAll, refuse, fail, spin, die] as readonly ComputeTask<
  unknown,
  unknown
>[];

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}
