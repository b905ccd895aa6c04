import type { Collection } from 'weaviate-client';
import type { WeaviateConnection } from './weaviate-connection.ts';

/** Reads and writes must reach most replicas; without it Weaviate takes one. */
export const CONSISTENCY = 'QUORUM';

/** An owner's part of a collection, as the client knows it. */
export interface TenantAccess {
  readonly rest: WeaviateConnection['rest'];
  readonly collection: Collection;
  /** The collection for this owner and with our consistency. */
  readonly tenant: Collection;
  readonly ownerId: string;
  /** Runs a call with errors of ours; gives `nothing` when the owner has no tenant. */
  call<T>(this: void, work: () => Promise<T>, nothing: T, signal: AbortSignal): Promise<T>;
}
