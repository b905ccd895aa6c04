import type { WeaviateClient } from 'weaviate-client';
import { turns } from '../../../core/turns.ts';
import { throwIfAborted } from '../../connections/aborts.ts';
import { isThereAlready, weaviateError } from '../../connections/weaviate-errors.ts';
import { ITEM_COLLECTIONS, VECTOR_COLLECTION, slotIndex, slotProperty } from './collections.ts';
import { isSlotVector, presenceOf } from './slot-names.ts';

/**
 * Which named vectors there are for slots. For each, the items have a property that tells which of them have it. All are made
 * when the first vector comes, the vector last.
 */
export interface Slots {
  /** True when there is such a vector, so that it can be searched. */
  has(vector: string, signal: AbortSignal): Promise<boolean>;
  make(vector: string, signal: AbortSignal): Promise<void>;
}

const ATTEMPTS = 5;

export function openSlots(client: WeaviateClient, prefix: string): Slots {
  let known: ReadonlySet<string> = new Set();
  const inTurn = turns();
  const configOf = (name: string) => client.collections.use(`${prefix}${name}`).config;

  async function look(signal: AbortSignal): Promise<ReadonlySet<string>> {
    throwIfAborted(signal);
    try {
      const { vectorizers } = await configOf(VECTOR_COLLECTION).get();
      known = new Set(Object.keys(vectorizers).filter(isSlotVector));
      return known;
    } catch (error) {
      throw weaviateError(error, signal);
    }
  }

  /** Who comes second finds what another process made. */
  async function unlessThere(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
    await work.catch((error: unknown) => {
      if (!isThereAlready(error)) throw weaviateError(error, signal);
    });
  }

  // Another process may have made it.
  const has = async (vector: string, signal: AbortSignal) =>
    known.has(vector) || (await look(signal)).has(vector);

  async function add(vector: string, signal: AbortSignal): Promise<void> {
    for (const name of ITEM_COLLECTIONS)
      await unlessThere(configOf(name).addProperty(slotProperty(presenceOf(vector))), signal);
    await unlessThere(configOf(VECTOR_COLLECTION).addVector(slotIndex(vector)), signal);
  }

  return {
    has,
    async make(vector, signal) {
      if (known.has(vector)) return;
      // A vector is added by reading the collection and writing it whole: one at a time here, and again when another process
      // came in between.
      await inTurn(VECTOR_COLLECTION, async () => {
        for (let attempt = 1; !(await has(vector, signal)); attempt++) {
          try {
            await add(vector, signal);
          } catch (error) {
            if (attempt === ATTEMPTS) throw error;
          }
        }
      });
    },
  };
}
