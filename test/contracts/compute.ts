import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { Compute } from '../../src/ports/compute.ts';
import { countPrimes, doubleAll, fail, refuse } from './compute-sample-tasks.ts';

const never = new AbortController().signal;

/** Rules of `ports/compute.ts` that hold for every driver; `open` must serve the sample tasks. */
export function computeContract(name: string, open: () => Compute): void {
  describe(`compute: ${name}`, () => {
    let compute: Compute;
    beforeAll(() => {
      compute = open();
    });
    afterAll(async () => {
      await compute.close();
    });

    test('gives what the task gives', async () => {
      expect(await compute.run(countPrimes, { limit: 100 }, never)).toBe(25);
    });

    test('keeps typed arrays and maps as they are', async () => {
      const { doubled, labels } = await compute.run(
        doubleAll,
        { values: Float32Array.of(1, 2.5), label: 'x' },
        never,
      );
      expect(doubled).toEqual(Float32Array.of(2, 5));
      expect(labels.get('x')).toBe(2);
    });

    test('gives each of many callers the answer to its own question', async () => {
      const limits = Array.from({ length: 20 }, (_, i) => i * 50);
      const counts = await Promise.all(limits.map((limit) => compute.run(countPrimes, { limit }, never)));
      expect(counts).toEqual(limits.map((limit) => countPrimes.run({ limit })));
    });

    test('passes on an error of ours with its code and details', async () => {
      const error: unknown = await compute.run(refuse, 'too odd', never).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({
        code: 'invalid-input',
        message: 'too odd',
        details: { reason: 'too odd' },
      });
    });

    test('passes on any other error with its name and message', async () => {
      await expect(compute.run(fail, 'out of range', never)).rejects.toMatchObject({
        name: 'RangeError',
        message: 'out of range',
      });
    });

    test('does not begin what is already cancelled', async () => {
      await expect(compute.run(countPrimes, { limit: 10 }, AbortSignal.abort())).rejects.toMatchObject({
        code: 'aborted',
      });
    });
  });
}
