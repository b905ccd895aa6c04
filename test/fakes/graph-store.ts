import { throwIfAborted } from '../../src/adapters/connections/aborts.ts';
import { AppError } from '../../src/core/errors.ts';
import { foldName } from '../../src/core/fold-text.ts';
import type { Entity, Evidence, Graph, GraphStore, Relation } from '../../src/ports/graph-store.ts';

interface Kept {
  entities: Map<string, Entity>;
  relations: Map<string, Relation>;
}

const NOTHING = (): Kept => ({ entities: new Map(), relations: new Map() });

interface Ordered {
  readonly id: string;
  readonly createdAt: number;
}

const byId = (a: Ordered, b: Ordered) => (a.id < b.id ? -1 : 1);
const strongest =
  <T extends Ordered>(strength: (value: T) => number) =>
  (a: T, b: T) =>
    strength(b) - strength(a) || b.createdAt - a.createdAt || byId(a, b);

const isForgettable = (evidence: readonly Evidence[]) =>
  evidence.length > 0 && evidence.every(({ sources }) => sources.length > 0);

function nameAfter({ name }: Entity, mentions: Entity['mentions']): string {
  if (mentions.some((mention) => foldName(mention.name) === foldName(name))) return name;
  const groups = [...Map.groupBy(mentions, (mention) => mention.name)];
  return groups.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? name;
}

function forget({ entities, relations }: Kept, sources: readonly string[]) {
  const before = { entities: entities.size, relations: relations.size };
  const left = <T extends Evidence>(evidence: readonly T[]) =>
    evidence.filter((each) => !each.sources.some((source) => sources.includes(source)));
  for (const entity of entities.values()) {
    const mentions = left(entity.mentions);
    if (mentions.length === 0) entities.delete(entity.id);
    else if (mentions.length < entity.mentions.length)
      entities.set(entity.id, { ...entity, name: nameAfter(entity, mentions), mentions });
  }
  for (const relation of relations.values()) {
    const evidence = left(relation.evidence);
    if (evidence.length === 0) relations.delete(relation.id);
    else relations.set(relation.id, { ...relation, evidence });
  }
  return { entities: before.entities - entities.size, relations: before.relations - relations.size };
}

function upsert(kept: Kept, { entities, relations }: Graph): void {
  const evidence = [...entities.map(({ mentions }) => mentions), ...relations.map((each) => each.evidence)];
  if (!evidence.every(isForgettable)) throw new AppError('invalid-input', 'Expected evidence with sources.');
  for (const entity of entities) kept.entities.set(entity.id, entity);
  for (const relation of relations) kept.relations.set(relation.id, relation);
}

function named({ entities }: Kept, names: readonly string[]): Entity[] {
  const wanted = new Set(names.map(foldName));
  return [...entities.values()]
    .filter(({ name, mentions }) =>
      [name, ...mentions.map((mention) => mention.name)].some((each) => wanted.has(foldName(each))),
    )
    .toSorted(strongest(({ mentions }) => mentions.length));
}

/** A graph store that looks at everything for every call, to compare real drivers with and for tests of rooms. */
export function fakeGraphStore({ batchItems = 200 }: { readonly batchItems?: number } = {}): GraphStore {
  const owners = new Map<string, Kept>();
  const check = (signal: AbortSignal, count: number) => {
    throwIfAborted(signal);
    if (count <= batchItems) return;
    throw new AppError('invalid-input', `Expected at most ${batchItems} in one call, got ${count}.`);
  };
  const of = (ownerId: string) => owners.get(ownerId) ?? NOTHING();
  return {
    limits: { batchItems },
    async upsert(ownerId, graph, signal) {
      check(signal, graph.entities.length + graph.relations.length);
      const kept = of(ownerId);
      upsert(kept, graph);
      owners.set(ownerId, kept);
    },
    async entities(ownerId, ids, signal) {
      check(signal, ids.length);
      return ids.flatMap((id) => of(ownerId).entities.get(id) ?? []);
    },
    async relations(ownerId, ids, signal) {
      check(signal, ids.length);
      return ids.flatMap((id) => of(ownerId).relations.get(id) ?? []);
    },
    async named(ownerId, names, ...[limit, signal]) {
      check(signal, names.length);
      return named(of(ownerId), names).slice(0, limit);
    },
    async relationsOf(ownerId, entityIds, ...[limit, signal]) {
      check(signal, entityIds.length);
      return [...of(ownerId).relations.values()]
        .filter(({ from, to }) => entityIds.includes(from) || entityIds.includes(to))
        .toSorted(strongest(({ evidence }) => evidence.length))
        .slice(0, limit);
    },
    async list(ownerId, { limit, after = '0' }, signal) {
      check(signal, 0);
      const entities = [...of(ownerId).entities.values()].toSorted(byId);
      const relations = [...of(ownerId).relations.values()].toSorted(byId);
      const [start, end] = [Number(after), Number(after) + limit];
      const from = (place: number) => Math.max(0, place - entities.length);
      return {
        entities: entities.slice(start, end),
        relations: relations.slice(from(start), from(end)),
        ...(end < entities.length + relations.length && { next: String(end) }),
      };
    },
    async forget(ownerId, sources, signal) {
      check(signal, sources.length);
      return forget(of(ownerId), sources);
    },
    async count(ownerId, signal) {
      check(signal, 0);
      const { entities, relations } = of(ownerId);
      return { entities: entities.size, relations: relations.size };
    },
    async removeOwner(ownerId, signal) {
      check(signal, 0);
      owners.delete(ownerId);
    },
    async close() {
      owners.clear();
    },
  };
}
