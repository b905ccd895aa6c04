import type { ItemFilter } from '../../ports/memory-store.ts';
import { kindCode, roleCode } from './codes.ts';
import { LINK_KINDS } from './item-table.ts';

/** A condition on `items i` and its parameters. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

const anyOf = (column: string, values: readonly (string | number)[]): Condition => ({
  sql: `${column} IN (SELECT value FROM json_each(?))`,
  params: [JSON.stringify(values)],
});

const linkedTo = (kind: keyof typeof LINK_KINDS, values: readonly string[], ownerNo: number): Condition => ({
  sql: `i.n IN (SELECT l.n FROM links l WHERE l.owner_no = ? AND l.kind = ? AND l.value IN (SELECT value FROM json_each(?)))`,
  params: [ownerNo, LINK_KINDS[kind], JSON.stringify(values)],
});

type Conditions = {
  [K in keyof ItemFilter]-?: (value: NonNullable<ItemFilter[K]>, ownerNo: number) => Condition;
};

/** One entry for every field a filter can have. */
const CONDITIONS: Conditions = {
  ids: (ids) => anyOf('i.id', ids),
  kinds: (kinds) => anyOf('i.kind', kinds.map(kindCode)),
  sessionIds: (ids) => anyOf('i.session_id', ids),
  documentIds: (ids) => anyOf('i.document_id', ids),
  parentIds: (ids) => anyOf('i.parent_id', ids),
  roles: (roles) => anyOf('i.role', roles.map(roleCode)),
  authors: (authors) => anyOf('i.author', authors),
  tags: (tags, ownerNo) => linkedTo('tags', tags, ownerNo),
  sources: (sources, ownerNo) => linkedTo('sources', sources, ownerNo),
  minTrust: (trust) => ({ sql: 'i.trust >= ?', params: [trust] }),
  from: (from) => ({ sql: 'i.time >= ?', params: [from] }),
  to: (to) => ({ sql: 'i.time < ?', params: [to] }),
};

/** A filter as a condition on the items of one owner. */
export function filterSql(ownerNo: number, filter: ItemFilter): Condition {
  const conditions: Condition[] = [{ sql: 'i.owner_no = ?', params: [ownerNo] }];
  for (const [field, condition] of Object.entries(CONDITIONS)) {
    const value = filter[field as keyof ItemFilter];
    if (value !== undefined)
      conditions.push((condition as (v: unknown, o: number) => Condition)(value, ownerNo));
  }
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    params: conditions.flatMap(({ params }) => params),
  };
}
