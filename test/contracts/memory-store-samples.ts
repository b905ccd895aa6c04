import * as fc from 'fast-check';
import { derivedId } from '../../src/core/ids.ts';
import { normalise } from '../../src/core/vectors.ts';
import type { ItemFilter, ItemKind, ItemRole, MemoryItem } from '../../src/ports/memory-store.ts';
import { memoryItem } from '../fakes/memory-item.ts';

/** Ids that repeat over runs and owners, so that leaks and mix-ups show. */
export const idOf = (name: string | number) => derivedId('samples', 'item', name);
const sessions = [derivedId('samples', 'session', 1), derivedId('samples', 'session', 2)] as const;
const documents = [derivedId('samples', 'document', 1), derivedId('samples', 'document', 2)] as const;
const parents = [idOf('parent-1'), idOf('parent-2')] as const;
export const samples = { sessions, documents, parents } as const;

/** A message with all that is required and what is given. */
export function message(name: string | number, given: Partial<MemoryItem> = {}): MemoryItem {
  return memoryItem({
    id: idOf(name),
    text: 'The heron waits by the river.',
    terms: 'heron wait river',
    sessionId: sessions[0],
    role: 'user',
    createdAt: 1_000,
    ...given,
  });
}

/** A chunk of a document: no text, no session, no role. */
export function chunk(name: string | number, given: Partial<MemoryItem> = {}): MemoryItem {
  const { text: _, sessionId: __, role: ___, ...item } = message(name);
  return {
    ...item,
    kind: 'chunk',
    documentId: documents[0],
    s3Path: `chunks/${name}.txt`,
    trust: 2,
    ...given,
  };
}

/** A vector of length 1 that points where the numbers say. */
export const unit = (...values: number[]) => normalise(Float32Array.from(values));

const WORDS = ['heron', 'river', 'wait', 'lake', 'boat', 'река', 'лодка', 'sungai', 'cittá', 'o'] as const;
const TAGS = ['red', 'green', 'blue'] as const;
const AUTHORS = ['Ann', 'Boris'] as const;
const KINDS = ['chunk', 'message', 'paragraph', 'summary', 'state'] as const satisfies ItemKind[];
const ROLES = ['user', 'assistant', 'person', 'system'] as const satisfies ItemRole[];

/** Often the same terms again, since an item that keeps its terms is replaced in another way. */
const arbitraryItemTerms = fc.oneof(
  fc.constantFrom('heron river', 'boat boat lake'),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' ')),
);

/** Few ids, words, places and times, so that items replace each other, match together and tie. */
export const arbitraryItem: fc.Arbitrary<MemoryItem> = fc
  .record(
    {
      id: fc.integer({ min: 0, max: 14 }).map(idOf),
      kind: fc.constantFrom(...KINDS),
      terms: arbitraryItemTerms,
      position: fc.integer({ min: 0, max: 5 }),
      createdAt: fc.integer({ min: 0, max: 6 }),
      asks: fc.boolean(),
      tags: fc.uniqueArray(fc.constantFrom(...TAGS)),
      entities: fc.uniqueArray(fc.constantFrom(...AUTHORS)),
      trust: fc.constantFrom(0, 1, 2, 3, 4),
      derivedFrom: fc.uniqueArray(fc.constantFrom(...parents)),
      sources: fc.uniqueArray(fc.constantFrom(...documents, ...sessions)),
      analyserVersion: fc.constant(1),
      version: fc.integer({ min: 1, max: 3 }),
      text: fc.string(),
      sessionId: fc.constantFrom(...sessions),
      documentId: fc.constantFrom(...documents),
      parentId: fc.constantFrom(...parents),
      role: fc.constantFrom(...ROLES),
      author: fc.constantFrom(...AUTHORS),
      eventTime: fc.integer({ min: 0, max: 6 }),
      language: fc.constantFrom('en', 'ru', 'id'),
      heading: fc.string(),
      page: fc.integer({ min: 1, max: 9 }),
      credibility: fc.constantFrom(0, 0.25, 1),
    },
    {
      requiredKeys: [
        ...(['id', 'kind', 'terms', 'position', 'createdAt', 'asks', 'tags', 'entities', 'trust'] as const),
        ...(['derivedFrom', 'sources', 'analyserVersion', 'version'] as const),
      ],
    },
  )
  .map((item) => item as MemoryItem)
  .map(({ text, ...item }) => (item.kind === 'chunk' || text === undefined ? item : { ...item, text }));

const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 2 });

/** Each condition is given in about one of five filters; a list may be empty. */
export const arbitraryFilter: fc.Arbitrary<ItemFilter> = fc
  .record({
    ids: fc.uniqueArray(fc.integer({ min: 0, max: 16 }).map(idOf), { maxLength: 8 }),
    kinds: some(KINDS),
    sessionIds: some(sessions),
    documentIds: some(documents),
    parentIds: some(parents),
    roles: some(ROLES),
    authors: some([...AUTHORS, 'Nobody']),
    tags: some(TAGS),
    sources: some([...documents, ...sessions]),
    minTrust: fc.integer({ min: 0, max: 4 }),
    from: fc.integer({ min: 0, max: 7 }),
    to: fc.integer({ min: 0, max: 7 }),
    given: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 12 }),
  })
  .map(({ given, ...filter }) =>
    Object.fromEntries(Object.entries(filter).filter((_, place) => given[place] === 0)),
  );

export const arbitraryTerms = fc.array(
  fc.record({ term: fc.constantFrom(...WORDS, 'unknown', 'two words'), weight: fc.constantFrom(0.5, 1, 2) }),
  { maxLength: 6 },
);

/** A vector of length 1; never one of only zeros. */
export const arbitraryVector = (dimensions: number) =>
  fc
    .array(fc.integer({ min: -20, max: 20 }), { minLength: dimensions, maxLength: dimensions })
    .map((values) => unit(...values.map((value, place) => value + (place === 0 ? 0.5 : 0))));
