import type { FilterValue } from 'weaviate-client';
import type { ItemFilter } from '../../../ports/memory-store.ts';
import { allOf, condition } from '../../connections/weaviate-conditions.ts';
import { type CollectionName, kindsIn } from './collections.ts';

const anyOf = (property: string) => (values: readonly string[]) => condition(property, 'ContainsAny', values);

type Conditions = {
  [K in keyof ItemFilter]-?: (value: NonNullable<ItemFilter[K]>) => FilterValue;
};

/** One entry for every field a filter can have. */
const CONDITIONS: Conditions = {
  ids: anyOf('_id'),
  kinds: anyOf('kind'),
  sessionIds: anyOf('sessionId'),
  documentIds: anyOf('documentId'),
  parentIds: anyOf('parentId'),
  roles: anyOf('role'),
  authors: anyOf('author'),
  tags: anyOf('tags'),
  sources: anyOf('sources'),
  minTrust: (trust) => condition('trust', 'GreaterThanEqual', trust),
  from: (from) => condition('time', 'GreaterThanEqual', from),
  to: (to) => condition('time', 'LessThan', to),
};

/**
 * A filter for one of the collections; it always names the kinds, so there is always a condition. `undefined` when
 * nothing in the collection can match.
 */
export function filterIn(name: CollectionName, filter: ItemFilter): FilterValue | undefined {
  const kinds = kindsIn(name, filter);
  const given = Object.entries({ ...filter, kinds }).filter(([, value]) => value !== undefined);
  if (given.some(([, value]) => Array.isArray(value) && value.length === 0)) return undefined;
  return allOf(
    ...given.map(([field, value]) =>
      (CONDITIONS[field as keyof ItemFilter] as (value: unknown) => FilterValue)(value),
    ),
  );
}
