import type { FilterValue } from 'weaviate-client';
import { throwIfAborted } from './aborts.ts';
import { isNoTenant, isNotFound, weaviateError } from './weaviate-errors.ts';
import { CONSISTENCY, type TenantAccess } from './weaviate-tenant-access.ts';

/** What Weaviate keeps of an object beside its vectors. */
export type Properties = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** An object as it is written; one with the same id is replaced. */
export interface Stored {
  readonly id: string;
  readonly properties: Properties;
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

/** What Weaviate deletes in one call (QUERY_MAXIMUM_RESULTS by default). */
const DELETED_AT_ONCE = 10_000;

type Batcher = ReturnType<TenantAccess['rest']['batch']['objectsBatcher']>;

/** Why the first object was refused that a batch did not take. */
function refusalIn(answer: Awaited<ReturnType<Batcher['do']>>): Error | undefined {
  const errors = answer.find(({ result }) => result?.errors !== undefined)?.result?.errors;
  return errors && new Error(errors.error?.map(({ message }) => message).join('; '));
}

export function tenantWrites({ rest, collection, tenant, ownerId, call }: TenantAccess) {
  /** Does something to an object that exists; says whether it does. */
  async function onExisting(work: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
    throwIfAborted(signal);
    try {
      await work();
      return true;
    } catch (error) {
      if (isNotFound(error) || isNoTenant(error)) return false;
      throw weaviateError(error, signal);
    }
  }

  async function removeSome(filter: FilterValue): Promise<string[]> {
    const { objects, matches, failed } = await tenant.data.deleteMany(filter, { verbose: true });
    if (failed > 0) throw new Error(`connection: ${failed} of ${matches} objects were not deleted`);
    return objects.map(({ id }) => id);
  }

  return {
    /** Makes the tenant if it is missing. */
    async put(objects: readonly Stored[], signal: AbortSignal): Promise<void> {
      if (objects.length === 0) return;
      throwIfAborted(signal);
      const batch = objects.map((object) => ({ ...object, class: collection.name, tenant: ownerId }));
      try {
        const batcher = rest.batch.objectsBatcher().withObjects(...(batch as never[]));
        const refusal = refusalIn(await batcher.withConsistencyLevel(CONSISTENCY).do());
        if (refusal) throw refusal;
      } catch (error) {
        throw weaviateError(error, signal);
      }
    },
    /** Adds vectors and properties to an object that exists; says whether it does. */
    merge: (object: Stored, signal: AbortSignal): Promise<boolean> =>
      onExisting(() => tenant.data.update(object as never), signal),
    /** Puts another object in the place of one that exists; says whether it does. */
    replace: (object: Stored, signal: AbortSignal): Promise<boolean> =>
      onExisting(() => tenant.data.replace(object as never), signal),
    /** Removes all that match, however many; gives their ids. */
    async remove(filter: FilterValue, signal: AbortSignal): Promise<string[]> {
      const removed: string[] = [];
      for (;;) {
        const some = await call(() => removeSome(filter), [], signal);
        removed.push(...some);
        if (some.length < DELETED_AT_ONCE) return removed;
      }
    },
    /** Removes the owner from the collection. */
    drop: (signal: AbortSignal): Promise<void> =>
      call(() => collection.tenants.remove(ownerId), undefined, signal),
    /** Lets Weaviate put the owner's data out of memory until the next call. */
    deactivate: (signal: AbortSignal): Promise<void> =>
      call(
        async () => {
          await collection.tenants.deactivate(ownerId);
        },
        undefined,
        signal,
      ),
  };
}
