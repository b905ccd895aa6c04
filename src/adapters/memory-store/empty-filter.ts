import { AppError } from '../../core/errors.ts';
import type { ItemFilter } from '../../ports/memory-store.ts';

/** True when a filter has no condition at all, so that it would match everything. */
export function isEmptyFilter(filter: ItemFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** Throws `invalid-input` for a filter that would remove everything. */
export function expectCondition(filter: ItemFilter): void {
  if (isEmptyFilter(filter))
    throw new AppError('invalid-input', 'Expected at least one condition on what to remove, got none.');
}
