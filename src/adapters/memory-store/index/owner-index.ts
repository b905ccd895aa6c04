import { kindCode } from '../codes.ts';
import type { IndexRow } from '../item-row.ts';
import { bestDocs, sortByScore } from './best-docs.ts';
import { type ResolvedFilter, filterMask } from './filter-mask.ts';
import {
  type ItemColumns,
  addDocument,
  columnsBytes,
  documentOf,
  newColumns,
  removeDocument,
  reserveColumns,
  setDocument,
} from './item-columns.ts';
import { type Found, type IndexSearch, searchIndex } from './search-index.ts';
import { type VectorIndex, vectorIndex } from './vector-index.ts';
import type { WasmModule } from './web-assembly.ts';
import { type Bm25, type Collection, type WordIndex, wordIndex } from './word-index.ts';

/** What happened to an item. */
export type Change =
  | { readonly kind: 'added'; readonly row: IndexRow }
  /** Everything but id and terms may have changed. */
  | { readonly kind: 'updated'; readonly row: IndexRow }
  | { readonly kind: 'removed'; readonly n: number; readonly terms: string };

/** Everything a search of one owner needs, in memory; derived from the file and thrown away at will. */
export interface OwnerIndex {
  readonly columns: ItemColumns;
  readonly words: WordIndex;
  readonly slots: Map<string, VectorIndex>;
  readonly bm25: Bm25;
  readonly module: WasmModule;
  /** Documents that the snapshot on disk has; 0 when none holds. */
  savedDocuments: number;
}

/** Distinct terms an item has on average, to make room before loading; a wrong guess only costs time. */
const TERMS_GUESSED = 64;
/** Removed documents an index carries without being built anew. */
const REMOVED_ALLOWED = 10_000;
const CHUNK = kindCode('chunk');

const collectionOf = (kind: number): Collection => (kind === CHUNK ? 0 : 1);

/** An empty index with room for so many items. */
export function newOwnerIndex(bm25: Bm25, module: WasmModule, items: number): OwnerIndex {
  const index: OwnerIndex = {
    columns: newColumns(),
    words: wordIndex(bm25),
    slots: new Map(),
    bm25,
    module,
    savedDocuments: 0,
  };
  reserveColumns(index.columns, items);
  index.words.reserve(items, items * TERMS_GUESSED);
  return index;
}

export function addItem({ columns, words }: OwnerIndex, row: IndexRow): void {
  words.add(addDocument(columns, row), row.terms, collectionOf(row.kind));
}

/** An empty slot with room for so many vectors. */
export function addSlot(index: OwnerIndex, name: string, dimensions: number, vectors: number): VectorIndex {
  const slot = vectorIndex(dimensions, index.module);
  slot.reserve(vectors);
  index.slots.set(name, slot);
  return slot;
}

function update({ columns, words }: OwnerIndex, doc: number, row: IndexRow): void {
  const collection = collectionOf(row.kind);
  if (collectionOf(columns.kind[doc] as number) !== collection) words.move(doc, row.terms, collection);
  setDocument(columns, doc, row);
}

function remove({ columns, words, slots }: OwnerIndex, doc: number, terms: string): void {
  words.remove(doc, terms);
  for (const slot of slots.values()) slot.remove(doc);
  removeDocument(columns, doc);
}

/** Follows a committed write. */
export function applyChanges(index: OwnerIndex, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind === 'added') {
      addItem(index, change.row);
      continue;
    }
    const doc = documentOf(index.columns, change.kind === 'updated' ? change.row.n : change.n);
    index.savedDocuments = 0;
    if (doc === undefined) continue;
    if (change.kind === 'updated') update(index, doc, change.row);
    else remove(index, doc, change.terms);
  }
  index.words.compactIfLarge();
}

/** True when it still knows words of items that were removed. */
export function hasHoles({ columns }: OwnerIndex): boolean {
  return columns.size !== columns.living;
}

/** True when so much was removed that building the index anew is cheaper than carrying the holes. */
export function isWorn({ columns }: OwnerIndex): boolean {
  return columns.size - columns.living > Math.max(REMOVED_ALLOWED, columns.living);
}

export function search({ columns, words }: OwnerIndex, request: IndexSearch): Found {
  return searchIndex(columns, words, request);
}

/** The numbers of matching items without a vector in the slot, oldest first, equal times by id. */
export function withoutVector(
  { columns }: OwnerIndex,
  slot: VectorIndex | undefined,
  filter: ResolvedFilter,
  limit: number,
): number[] {
  const mask = filterMask(columns, filter);
  const best = bestDocs(limit, columns.ids);
  for (let doc = 0; doc < mask.length; doc++) {
    if (mask[doc] === 1 && !slot?.has(doc)) best.offer(doc, -(columns.time[doc] as number));
  }
  const docs = best.docs();
  const ages = new Float64Array(columns.size);
  for (const doc of docs) ages[doc] = -(columns.time[doc] as number);
  return Array.from(sortByScore(docs, ages, columns.ids), (doc) => columns.n[doc] as number);
}

/** Of the items that match: how many there are, and how many have a vector in the slot. */
export function coverage({ columns }: OwnerIndex, slot: VectorIndex | undefined, filter: ResolvedFilter) {
  const mask = filterMask(columns, filter);
  let [items, vectors] = [0, 0];
  for (let doc = 0; doc < mask.length; doc++) {
    if (mask[doc] === 0) continue;
    items++;
    if (slot?.has(doc)) vectors++;
  }
  return { items, vectors };
}

/** What the index takes in memory, estimated for its strings. */
export function indexBytes({ columns, words, slots }: OwnerIndex): number {
  return columnsBytes(columns) + words.bytes() + slots.values().reduce((sum, slot) => sum + slot.bytes(), 0);
}
