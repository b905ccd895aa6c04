import { AppError } from '../../core/errors.ts';

/** Throws `invalid-input` for more than a driver takes in one call. */
export function expectBatch(
  { batchItems }: { readonly batchItems: number },
  what: string,
  count: number,
): void {
  if (count <= batchItems) return;
  throw new AppError('invalid-input', `Expected at most ${batchItems} ${what} in one call, got ${count}.`);
}
