import { setTimeout } from 'node:timers/promises';
import type { FilterValue } from 'weaviate-client';
import { AppError } from '../../core/errors.ts';
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

/**
 * While a collection gets a vector of another name, which takes milliseconds, its tenants take no objects; who was writing
 * when that began is told no reason.
 */
const CHANGING = /read-only(?! due to)|read-only due to: UpdateVectorIndexConfigs/;
const CHANGING_ATTEMPTS = 60;
const CHANGING_WAIT_MS = 50;

type Batcher = ReturnType<TenantAccess['rest']['batch']['objectsBatcher']>;

/** Why the first object was refused that a batch did not take. */
function refusalIn(answer: Awaited<ReturnType<Batcher['do']>>): Error | undefined {
  const errors = answer.find(({ result }) => result?.errors !== undefined)?.result?.errors;
  return errors && new Error(errors.error?.map(({ message }) => message).join('; '));
}

async function putWhenReady(
  { rest }: Pick<TenantAccess, 'rest'>,
  batch: readonly object[],
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const batcher = rest.batch.objectsBatcher().withObjects(...(batch as never[]));
    const refusal = refusalIn(await batcher.withConsistencyLevel(CONSISTENCY).do());
    if (refusal === undefined) return;
    if (attempt === CHANGING_ATTEMPTS || !CHANGING.test(refusal.message)) throw refusal;
    await setTimeout(CHANGING_WAIT_MS, undefined, { signal });
  }
}

export function tenantWrites(access: TenantAccess) {
  const { collection, tenant, ownerId, call } = access;
  async function removeSome(filter: FilterValue): Promise<string[]> {
    const { objects, matches, failed } = await tenant.data.deleteMany(filter, { verbose: true });
    if (failed > 0) {
      throw new AppError(
        'unavailable',
        `Weaviate did not delete ${failed} of ${matches} objects; try again.`,
      );
    }
    return objects.map(({ id }) => id);
  }

  return {
    /** Makes the tenant if it is missing. */
    async put(objects: readonly Stored[], signal: AbortSignal): Promise<void> {
      if (objects.length === 0) return;
      throwIfAborted(signal);
      const batch = objects.map((object) => ({ ...object, class: collection.name, tenant: ownerId }));
      try {
        await putWhenReady(access, batch, signal);
      } catch (error) {
        throw weaviateError(error, signal);
      }
    },
    /** Adds vectors and properties to an object that exists; says whether it does. */
    async merge(object: Stored, signal: AbortSignal): Promise<boolean> {
      throwIfAborted(signal);
      try {
        await tenant.data.update(object as never);
        return true;
      } catch (error) {
        if (isNotFound(error) || isNoTenant(error)) return false;
        throw weaviateError(error, signal);
      }
    },
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
