import type { Entity, Relation } from '../../ports/graph-store.ts';
import type { GraphRow, RowKind } from './graph-tables.ts';
import { entityIn, entityRow, relationIn, relationRow } from './stored-graph.ts';
import { entityWithout, relationWithout } from './without-sources.ts';

/** How one kind is written, read and made less. */
export interface Form<T> {
  readonly kind: RowKind;
  readonly rowOf: (value: T) => GraphRow;
  readonly read: (body: string) => T;
  /** What is left without some sources; `undefined` when nothing is. */
  readonly without: (value: T, gone: ReadonlySet<string>) => T | undefined;
}

export const ENTITY: Form<Entity> = {
  kind: 'entity',
  rowOf: entityRow,
  read: entityIn,
  without: entityWithout,
};

export const RELATION: Form<Relation> = {
  kind: 'relation',
  rowOf: relationRow,
  read: relationIn,
  without: relationWithout,
};
