/** Why something is in the graph: an item that says it. */
export interface Evidence {
  readonly itemId: string;
  /** Roots of the item, at least one, for forgetting by lineage. */
  readonly sources: readonly string[];
  /** How sure it is that the item says so, 0 to 1. */
  readonly confidence: number;
  /** That of the item: 0 untrusted … 4 the owner's own words. */
  readonly trust: 0 | 1 | 2 | 3 | 4;
}

/** An item that speaks of an entity. */
export interface Mention extends Evidence {
  /** What it calls the entity: the aliases of an entity are the names in its mentions. */
  readonly name: string;
}

/** Somebody or something that is spoken of. Times in milliseconds since the epoch, ids are UUIDs. */
export interface Entity {
  readonly id: string;
  /** What it is called where it is shown. */
  readonly name: string;
  /** A label, such as `person` or `place`. */
  readonly kind: string;
  /** ISO 639-1, of the name. */
  readonly language?: string;
  /** At least one. */
  readonly mentions: readonly Mention[];
  readonly createdAt: number;
  readonly version: number;
}

/** What holds between two entities. The same at other times is another relation, so all evidence speaks for all of it. */
export interface Relation {
  readonly id: string;
  /** Entities. */
  readonly from: string;
  readonly to: string;
  /** A label, such as `works-at`. */
  readonly kind: string;
  /** When it holds; `validTo` is exclusive. */
  readonly validFrom?: number;
  readonly validTo?: number;
  /** At least one. */
  readonly evidence: readonly Evidence[];
  readonly createdAt: number;
  readonly version: number;
}

export interface Graph {
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
}

export interface GraphPage extends Graph {
  /** Give it back as `after` for the next page. */
  readonly next?: string;
}

export interface GraphCounts {
  readonly entities: number;
  readonly relations: number;
}

/**
 * What items say of entities and how these hang together; derived from items, so rebuildable. Every call is for one
 * owner. What a call wrote is seen by the next one. Lists are cut by the caller to `limits.batchItems`. Whoever changes
 * what is there reads it before and must be the only one who writes for the owner meanwhile.
 */
export interface GraphStore {
  /** Of a graph that is written, entities and relations count together. */
  readonly limits: { readonly batchItems: number };
  /** Inserts or replaces by id. Errors: `invalid-input` where evidence, or a source of it, is missing. */
  upsert(ownerId: string, graph: Graph, signal: AbortSignal): Promise<void>;
  /** In the order of the ids; missing ones are left out. */
  entities(ownerId: string, ids: readonly string[], signal: AbortSignal): Promise<Entity[]>;
  /** In the order of the ids; missing ones are left out. */
  relations(ownerId: string, ids: readonly string[], signal: AbortSignal): Promise<Relation[]>;
  /**
   * The entities that have one of the names, or that a mention calls so; letter case, accents on Latin letters and runs
   * of spaces make no difference. Those with most mentions first, then the newest, then by id.
   */
  named(ownerId: string, names: readonly string[], limit: number, signal: AbortSignal): Promise<Entity[]>;
  /** The relations from or to one of the entities. Those with most evidence first, then the newest, then by id. */
  relationsOf(
    ownerId: string,
    entityIds: readonly string[],
    limit: number,
    signal: AbortSignal,
  ): Promise<Relation[]>;
  /** All there is: entities by id, then relations by id; at most `limit` of both together a page. */
  list(
    ownerId: string,
    page: { readonly limit: number; readonly after?: string },
    signal: AbortSignal,
  ): Promise<GraphPage>;
  /**
   * Takes away the evidence that has any of the sources, then what has none left, and says how many went. An entity whose
   * name no mention gives any more gets the name that most of them give. What is cut off goes on when it is called again.
   */
  forget(ownerId: string, sources: readonly string[], signal: AbortSignal): Promise<GraphCounts>;
  count(ownerId: string, signal: AbortSignal): Promise<GraphCounts>;
  removeOwner(ownerId: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
