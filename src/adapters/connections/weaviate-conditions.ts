import { Filters, type FilterValue } from 'weaviate-client';

/** One condition; `_id` stands for the id of an object. */
export const condition = (
  property: string,
  operator: FilterValue['operator'],
  value: unknown,
): FilterValue => ({
  operator,
  target: { property },
  value,
});

/** All of these hold. */
export const allOf = (...filters: readonly FilterValue[]): FilterValue =>
  filters.length === 1 && filters[0] ? filters[0] : Filters.and(...filters);

/** Matches the objects with these ids. */
export const idsFilter = (ids: readonly string[]) => condition('_id', 'ContainsAny', ids);
