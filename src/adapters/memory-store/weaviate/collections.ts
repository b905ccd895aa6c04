import weaviate from 'weaviate-client';
import type { ItemFilter, ItemKind } from '../../../ports/memory-store.ts';
import { filtered, kept, type Property, ranged } from '../../connections/weaviate-properties.ts';

/** Items with their words: statistics of words are kept apart for chunks and for the rest, and only the rest holds text. */
export const ITEM_COLLECTIONS = ['TenantChunk', 'TenantMemory'] as const;
export type ItemCollection = (typeof ITEM_COLLECTIONS)[number];

/**
 * Vectors of items, named by slot, under the ids of the items. They stand apart since Weaviate indexes an object anew when
 * it gets a vector, and counts its words twice till it has merged its segments: word scores would depend on that.
 */
export const VECTOR_COLLECTION = 'TenantVector' as const;
export type CollectionName = ItemCollection | typeof VECTOR_COLLECTION;
export const COLLECTIONS: readonly CollectionName[] = [...ITEM_COLLECTIONS, VECTOR_COLLECTION];

/** A kind that is not named here does not compile. */
const COLLECTION_OF: Readonly<Record<ItemKind, ItemCollection>> = {
  chunk: 'TenantChunk',
  message: 'TenantMemory',
  paragraph: 'TenantMemory',
  exchange: 'TenantMemory',
  summary: 'TenantMemory',
  insight: 'TenantMemory',
  'golden-answer': 'TenantMemory',
  state: 'TenantMemory',
};
export const KINDS = Object.keys(COLLECTION_OF) as ItemKind[];

export const collectionOf = (kind: ItemKind): ItemCollection => COLLECTION_OF[kind];

const KINDS_OF: Readonly<Record<CollectionName, readonly ItemKind[]>> = {
  TenantChunk: KINDS.filter((kind) => collectionOf(kind) === 'TenantChunk'),
  TenantMemory: KINDS.filter((kind) => collectionOf(kind) === 'TenantMemory'),
  TenantVector: KINDS,
};

/** The kinds of a collection that a filter lets through; none when it need not be asked. */
export function kindsIn(name: CollectionName, filter: Pick<ItemFilter, 'kinds'>): readonly ItemKind[] {
  const { kinds } = filter;
  return kinds === undefined ? KINDS_OF[name] : KINDS_OF[name].filter((kind) => kinds.includes(kind));
}

/** Our terms, separated by spaces; the only property that is searched. */
const TERMS: Property = {
  name: 'terms',
  dataType: 'text',
  tokenization: 'whitespace',
  indexFilterable: false,
  indexSearchable: true,
};

/** What filters look at, and what a search gives back: the same in all collections. */
const SEARCHED: readonly Property[] = [
  filtered('kind', 'text'),
  filtered('sessionId', 'text'),
  filtered('documentId', 'text'),
  filtered('parentId', 'text'),
  filtered('role', 'text'),
  filtered('author', 'text'),
  filtered('tags', 'text[]'),
  filtered('sources', 'text[]'),
  ranged('time'),
  ranged('trust'),
  kept('signals'),
];
const ITEM: readonly Property[] = [...SEARCHED, ranged('position'), kept('s3Path'), kept('rest'), TERMS];

/** A chunk is a pointer: its text is the object at `s3Path`. */
export const PROPERTIES: Readonly<Record<CollectionName, readonly Property[]>> = {
  TenantChunk: ITEM,
  TenantMemory: [...ITEM, kept('text')],
  TenantVector: SEARCHED,
};

/** The properties of an item that its vectors have, too. */
export const SEARCHED_PROPERTIES = SEARCHED.map(({ name }) => name);

/** The property of a slot that tells which items have a vector in it. */
export const slotProperty = (name: string): Property => ({
  name,
  dataType: 'boolean',
  indexFilterable: true,
});

/**
 * Up to so many vectors of an owner are compared one by one, which is exact; more are searched by HNSW
 * (docs/benchmarks.md, Scale).
 */
const EXACT_UP_TO = 20_000;

/** The index of a slot: cosine, vectors as they came, so that distances are exact. */
export function slotIndex(name: string) {
  const { hnsw, quantizer } = weaviate.configure.vectorIndex;
  return weaviate.configure.vectors.selfProvided({
    name,
    vectorIndexConfig: hnsw({
      distanceMetric: 'cosine',
      maxConnections: 32,
      efConstruction: 128,
      flatSearchCutoff: EXACT_UP_TO,
      quantizer: quantizer.none(),
    }),
  });
}
