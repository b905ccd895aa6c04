import * as fc from 'fast-check';
import { derivedId } from '../../src/core/ids.ts';
import type { Entity, Evidence, Graph, GraphStore, Mention, Relation } from '../../src/ports/graph-store.ts';

/** Ids that repeat over runs and owners, so that leaks and mix-ups show. */
export const idOf = (name: string | number) => derivedId('samples', 'graph', name);
export const SOURCES = [idOf('source-1'), idOf('source-2'), idOf('source-3')] as const;
const [FIRST] = SOURCES;

export const evidence = (...sources: readonly string[]): Evidence => ({
  itemId: idOf('item'),
  sources,
  confidence: 0.5,
  trust: 3,
});

export const mention = (name: string, ...sources: readonly string[]): Mention => ({
  ...evidence(...sources),
  name,
});

/** A person, mentioned once by the first source, with what is given. */
export function entity(id: string | number, given: Partial<Entity> = {}): Entity {
  const { name = 'Ann' } = given;
  return {
    id: idOf(id),
    name,
    kind: 'person',
    mentions: [mention(name, FIRST)],
    createdAt: 1_000,
    version: 1,
    ...given,
  };
}

/** A relation that the first source speaks of, with what is given. */
export function relation(id: string | number, given: Partial<Relation> = {}): Relation {
  return {
    id: idOf(id),
    from: idOf('a'),
    to: idOf('b'),
    kind: 'knows',
    evidence: [evidence(FIRST)],
    createdAt: 1_000,
    version: 1,
    ...given,
  };
}

export const graph = (entities: readonly Entity[], relations: readonly Relation[] = []): Graph => ({
  entities,
  relations,
});

/** Spellings of few names. */
export const NAMES = [
  'Ann',
  'ANN',
  'ánn',
  'Ann  Lee',
  'ann lee',
  'Аня',
  'аня',
  'Бёрк',
  '%',
  '"ann"',
] as const;

const arbitrarySources = fc.uniqueArray(fc.constantFrom(...SOURCES), { minLength: 1 });
const arbitraryEvidence: fc.Arbitrary<Evidence> = fc.record({
  itemId: fc.integer({ min: 0, max: 3 }).map(idOf),
  sources: arbitrarySources,
  confidence: fc.constantFrom(0, 0.25, 1),
  trust: fc.constantFrom(0, 2, 4),
});
const arbitraryMention: fc.Arbitrary<Mention> = fc
  .tuple(arbitraryEvidence, fc.constantFrom(...NAMES))
  .map(([given, name]) => ({ ...given, name }));

const arbitraryId = fc.integer({ min: 0, max: 7 }).map(idOf);
const arbitraryTime = fc.integer({ min: 0, max: 2 });
const shared = { id: arbitraryId, createdAt: arbitraryTime, version: fc.integer({ min: 1, max: 3 }) };

const arbitraryEntity = fc
  .record(
    {
      ...shared,
      name: fc.constantFrom(...NAMES),
      kind: fc.constantFrom('person', 'place'),
      language: fc.constantFrom('en', 'ru'),
      mentions: fc.array(arbitraryMention, { minLength: 1, maxLength: 4 }),
    },
    { requiredKeys: ['id', 'createdAt', 'version', 'name', 'kind', 'mentions'] },
  )
  .map((given) => given as Entity);

const arbitraryRelation = fc
  .record(
    {
      ...shared,
      from: arbitraryId,
      to: arbitraryId,
      kind: fc.constantFrom('knows', 'works-at'),
      validFrom: arbitraryTime,
      validTo: arbitraryTime,
      evidence: fc.array(arbitraryEvidence, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['id', 'createdAt', 'version', 'from', 'to', 'kind', 'evidence'] },
  )
  .map((given) => given as Relation);

export type Step =
  | { readonly kind: 'upsert'; readonly graph: Graph }
  | { readonly kind: 'forget'; readonly sources: readonly string[] };

/** A story of writes; few ids, names, sources and times, so that much is replaced, forgotten in part and ties. */
export const arbitrarySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('upsert' as const),
        graph: fc.record({
          entities: fc.array(arbitraryEntity, { maxLength: 6 }),
          relations: fc.array(arbitraryRelation, { maxLength: 6 }),
        }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('forget' as const),
        sources: fc.subarray([...SOURCES], { maxLength: 2 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 6 },
);

export interface Question {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly limit: number;
}

export const arbitraryQuestion: fc.Arbitrary<Question> = fc.record({
  names: fc.uniqueArray(fc.constantFrom(...NAMES, 'Nobody'), { maxLength: 3 }),
  ids: fc.uniqueArray(fc.integer({ min: 0, max: 9 }).map(idOf), { maxLength: 4 }),
  limit: fc.constantFrom(1, 3, 100),
});

/** Reads all pages. */
export async function listAll(store: GraphStore, ownerId: string, limit: number, signal: AbortSignal) {
  const entities: Entity[] = [];
  const relations: Relation[] = [];
  const sizes: number[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(ownerId, after === undefined ? { limit } : { limit, after }, signal);
    entities.push(...page.entities);
    relations.push(...page.relations);
    sizes.push(page.entities.length + page.relations.length);
    after = page.next;
  } while (after !== undefined);
  return { entities, relations, sizes };
}
