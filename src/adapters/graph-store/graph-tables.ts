/** What rows of a graph are: entities or relations. */
export type RowKind = 'entity' | 'relation';

/** By what rows are found: folded names of an entity, ends of a relation, sources of the evidence. */
export type KeyName = 'name' | 'end' | 'source';

/** An entity or a relation as drivers keep it. */
export interface GraphRow {
  readonly id: string;
  readonly keys: Readonly<Partial<Record<KeyName, readonly string[]>>>;
  /** How many pieces of evidence it has. */
  readonly strength: number;
  readonly createdAt: number;
  /** All of it, as JSON. */
  readonly body: string;
}

/** Rows with any of these values. */
export interface Key {
  readonly name: KeyName;
  readonly values: readonly string[];
}

/** The rows of one owner and kind; what is read of a row is its body. Each write is done as a whole or not at all. */
export interface GraphTable {
  /** Inserts or replaces by id; no id comes twice. */
  put(rows: readonly GraphRow[], signal: AbortSignal): Promise<void>;
  /** In any order. */
  byIds(ids: readonly string[], signal: AbortSignal): Promise<string[]>;
  /** By strength, then the newest, then by id. */
  strongest(key: Key, limit: number, signal: AbortSignal): Promise<string[]>;
  /** By id, those after one. */
  page(
    page: { readonly after: string; readonly limit: number; readonly key?: Key },
    signal: AbortSignal,
  ): Promise<string[]>;
  remove(ids: readonly string[], signal: AbortSignal): Promise<void>;
  count(signal: AbortSignal): Promise<number>;
}

/** What a driver provides; `graphStoreOver` makes the port of it. */
export interface GraphTables {
  readonly batchItems: number;
  table(ownerId: string, kind: RowKind): GraphTable;
  removeOwner(ownerId: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
