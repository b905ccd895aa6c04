import { filtered, kept, ranged } from '../connections/weaviate-properties.ts';
import type { Schema } from '../connections/weaviate-schema.ts';
import type { KeyName, RowKind } from './graph-tables.ts';

export const COLLECTIONS = { entity: 'TenantEntity', relation: 'TenantRelation' } as const satisfies Record<
  RowKind,
  string
>;
export type CollectionName = (typeof COLLECTIONS)[RowKind];

/** The property that holds the values of a key. */
export const KEY_PROPERTIES = { name: 'names', end: 'ends', source: 'sources' } as const satisfies Record<
  KeyName,
  string
>;

const values = (key: KeyName) => filtered(KEY_PROPERTIES[key], 'text[]');
const SHARED = [values('source'), ranged('strength'), ranged('createdAt'), kept('body')];

/** The collections of the graph. Change properties by a migration only. */
export const GRAPH_SCHEMA: Schema = {
  of: 'graph',
  properties: {
    [COLLECTIONS.entity]: [values('name'), ...SHARED],
    [COLLECTIONS.relation]: [values('end'), ...SHARED],
  },
  migrations: [],
};
