import { AppError } from '../../core/errors.ts';
import { foldName } from '../../core/fold-text.ts';
import type { GraphStore } from '../../ports/graph-store.ts';
import { throwIfAborted } from '../connections/aborts.ts';
import { expectBatch } from '../connections/expect-batch.ts';
import { ENTITY, type Form, RELATION } from './forms.ts';
import type { GraphTables, RowKind } from './graph-tables.ts';

type Reads = Pick<GraphStore, 'entities' | 'relations' | 'named' | 'relationsOf' | 'list' | 'count'>;

const cursorTo = (kind: RowKind, last: { readonly id: string } | undefined) => `${kind}:${last?.id ?? ''}`;

function cursorOf(after = 'entity:'): { readonly kind: RowKind; readonly id: string } {
  const [kind, id] = after.split(':');
  if ((kind === 'entity' || kind === 'relation') && id !== undefined) return { kind, id };
  throw new AppError('invalid-input', 'Expected `after` to be the `next` of an earlier page.');
}

async function byIds<T extends { readonly id: string }>(
  tables: GraphTables,
  { kind, read }: Form<T>,
  { ownerId, ids }: { readonly ownerId: string; readonly ids: readonly string[] },
  signal: AbortSignal,
): Promise<T[]> {
  throwIfAborted(signal);
  expectBatch(tables, 'ids', ids.length);
  const bodies = ids.length === 0 ? [] : await tables.table(ownerId, kind).byIds(ids, signal);
  const known = new Map(bodies.map(read).map((value) => [value.id, value]));
  return ids.flatMap((id) => known.get(id) ?? []);
}

/** The calls that read. */
export function graphReads(tables: GraphTables): Reads {
  const of = (ownerId: string) => ({
    entities: tables.table(ownerId, 'entity'),
    relations: tables.table(ownerId, 'relation'),
  });
  return {
    entities: (ownerId, ids, signal) => byIds(tables, ENTITY, { ownerId, ids }, signal),
    relations: (ownerId, ids, signal) => byIds(tables, RELATION, { ownerId, ids }, signal),
    async named(ownerId, names, limit, signal) {
      throwIfAborted(signal);
      expectBatch(tables, 'names', names.length);
      if (names.length === 0) return [];
      const key = { name: 'name', values: [...new Set(names.map(foldName))] } as const;
      return (await of(ownerId).entities.strongest(key, limit, signal)).map(ENTITY.read);
    },
    async relationsOf(ownerId, entityIds, limit, signal) {
      throwIfAborted(signal);
      expectBatch(tables, 'ids', entityIds.length);
      if (entityIds.length === 0) return [];
      const key = { name: 'end', values: entityIds } as const;
      return (await of(ownerId).relations.strongest(key, limit, signal)).map(RELATION.read);
    },
    async list(ownerId, { limit, after }, signal) {
      throwIfAborted(signal);
      const { kind, id } = cursorOf(after);
      const begins = kind === 'entity';
      // One more than is given tells whether there is more.
      const first = begins ? await of(ownerId).entities.page({ after: id, limit: limit + 1 }, signal) : [];
      const entities = first.slice(0, limit).map(ENTITY.read);
      if (first.length > limit) return { entities, relations: [], next: cursorTo('entity', entities.at(-1)) };
      const room = limit - entities.length;
      const rest = { after: begins ? '' : id, limit: room + 1 };
      const second = await of(ownerId).relations.page(rest, signal);
      const relations = second.slice(0, room).map(RELATION.read);
      const more = second.length > room;
      return { entities, relations, ...(more && { next: cursorTo('relation', relations.at(-1)) }) };
    },
    async count(ownerId, signal) {
      throwIfAborted(signal);
      const own = of(ownerId);
      const counts = [own.entities.count(signal), own.relations.count(signal)] as const;
      const [entities, relations] = await Promise.all(counts);
      return { entities, relations };
    },
  };
}
