import type { ItemKind, ItemRole } from '../wire/recall.ts';

/** Defined once, in `wire`; drivers, which may not import that, take them from here. */
export type { ItemKind, ItemRole } from '../wire/recall.ts';

/** One remembered thing. Times in milliseconds since the epoch. */
export interface MemoryItem {
  readonly id: string;
  readonly kind: ItemKind;
  /** Absent for chunks: their text is the object at `s3Path`. */
  readonly text?: string;
  /** Our analyser's terms in text order, repeats included, separated by single spaces. */
  readonly terms: string;
  readonly sessionId?: string;
  readonly documentId?: string;
  /** Of a paragraph: the message it is part of. Of a message in a session with branches: the one before it. */
  readonly parentId?: string;
  readonly s3Path?: string;
  /** Place in its session or document, from 0; neighbours are one apart. */
  readonly position: number;
  readonly role?: ItemRole;
  readonly author?: string;
  readonly createdAt: number;
  /** When it was said or written, if that is not when it was stored. */
  readonly eventTime?: number;
  readonly validFrom?: number;
  readonly validTo?: number;
  /** ISO 639-1. */
  readonly language?: string;
  /** Ends with, or contains, a question. */
  readonly asks: boolean;
  readonly tags: readonly string[];
  readonly entities: readonly string[];
  /** Page (or slide, sheet) of a chunk's start. */
  readonly page?: number;
  /** Offsets into the extracted text of the document, or into the text of the parent message. */
  readonly start?: number;
  readonly end?: number;
  /** Of a chunk: name and type of its document. */
  readonly filename?: string;
  readonly contentType?: string;
  /** Of a chunk: title of its document and the headings it stands under, highest first, joined by ` › `. */
  readonly heading?: string;
  readonly credibility?: number;
  /** 0 untrusted … 4 the owner's own words. */
  readonly trust: 0 | 1 | 2 | 3 | 4;
  readonly effectiveness?: number;
  readonly strategy?: string;
  /** Direct parents, and roots (documents, messages, imports), for forgetting by lineage. */
  readonly derivedFrom: readonly string[];
  readonly sources: readonly string[];
  readonly analyserVersion: number;
  readonly version: number;
}

/** All given conditions hold; a list means any of it. An empty list matches nothing. */
export interface ItemFilter {
  readonly ids?: readonly string[];
  readonly kinds?: readonly ItemKind[];
  readonly sessionIds?: readonly string[];
  readonly documentIds?: readonly string[];
  readonly parentIds?: readonly string[];
  readonly roles?: readonly ItemRole[];
  readonly authors?: readonly string[];
  /** Any of these tags. */
  readonly tags?: readonly string[];
  /** Any of these roots. */
  readonly sources?: readonly string[];
  readonly minTrust?: number;
  /** On `eventTime`, else `createdAt`; `to` is exclusive. */
  readonly from?: number;
  readonly to?: number;
}

export interface QueryTerm {
  readonly term: string;
  /** Factor on the term's BM25 score. */
  readonly weight: number;
}

export interface SearchRequest {
  readonly terms: readonly QueryTerm[];
  readonly vectors: readonly { readonly slot: string; readonly vector: Float32Array }[];
  readonly filter: ItemFilter;
  /** How many of the best by words, and of the best by each vector; about 400. */
  readonly candidates: number;
}

/** An item found, with its signals and what ranking looks at; no text. */
export interface Candidate extends Pick<
  MemoryItem,
  | 'id'
  | 'kind'
  | 'sessionId'
  | 'documentId'
  | 'parentId'
  | 'position'
  | 'role'
  | 'author'
  | 'createdAt'
  | 'eventTime'
  | 'language'
  | 'asks'
  | 'trust'
> {
  /** BM25 (k1 and b given to the driver), statistics per owner and collection (chunks, the rest); 0 if no term matches. */
  readonly words: number;
  /** Exact cosine for each requested vector, in order; `undefined` when the item has no vector in that slot yet. */
  readonly cosines: readonly (number | undefined)[];
}

/** A run of places in one session or document; `to` inclusive. */
export interface PlaceRange {
  readonly sessionId?: string;
  readonly documentId?: string;
  readonly from: number;
  readonly to: number;
}

export interface ItemPage {
  readonly items: readonly MemoryItem[];
  /** Give it back as `after` for the next page. */
  readonly next?: string;
}

/**
 * What is recalled; rebuildable from objects. Every call is for one owner. What `upsert` and `remove` resolved is seen
 * by the next `search`. Lists are cut by the caller to `limits.batchItems`.
 */
export interface MemoryStore {
  readonly limits: { readonly batchItems: number };
  /** Inserts or replaces by id; vectors of a replaced item stay only if its terms did not change. */
  upsert(ownerId: string, items: readonly MemoryItem[], signal: AbortSignal): Promise<void>;
  /** Adds vectors to items that exist; others are ignored (deleted meanwhile). Unit length. */
  putVectors(
    ownerId: string,
    slot: string,
    vectors: readonly { readonly id: string; readonly vector: Float32Array }[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Items in the order of the ids; missing ones are left out. */
  get(ownerId: string, ids: readonly string[], signal: AbortSignal): Promise<MemoryItem[]>;
  search(ownerId: string, request: SearchRequest, signal: AbortSignal): Promise<Candidate[]>;
  /** Messages or chunks by place (paragraphs are not places), ordered by range, then position. */
  at(ownerId: string, ranges: readonly PlaceRange[], signal: AbortSignal): Promise<MemoryItem[]>;
  /** Newest first. */
  list(
    ownerId: string,
    filter: ItemFilter,
    page: { readonly limit: number; readonly after?: string },
    signal: AbortSignal,
  ): Promise<ItemPage>;
  count(ownerId: string, filter: ItemFilter, signal: AbortSignal): Promise<number>;
  /** Removes matching items with words and vectors; counts by kind. An empty filter is refused. */
  remove(
    ownerId: string,
    filter: ItemFilter,
    signal: AbortSignal,
  ): Promise<Partial<Record<ItemKind, number>>>;
  /** Items of these kinds that have no vector in the slot, oldest first. */
  withoutVector(
    ownerId: string,
    slot: string,
    filter: ItemFilter,
    limit: number,
    signal: AbortSignal,
  ): Promise<MemoryItem[]>;
  /** Of the items that match: how many there are and how many have a vector in the slot. */
  vectorCoverage(
    ownerId: string,
    slot: string,
    filter: ItemFilter,
    signal: AbortSignal,
  ): Promise<{ readonly items: number; readonly vectors: number }>;
  dropSlot(ownerId: string, slot: string, signal: AbortSignal): Promise<void>;
  removeOwner(ownerId: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
