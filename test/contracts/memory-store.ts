import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import type { MemoryStore } from '../../src/ports/memory-store.ts';
import { fakeMemoryStore } from '../fakes/memory-store.ts';
import { memoryStoreFilters } from './memory-store-filters.ts';
import { memoryStoreIsolation } from './memory-store-isolation.ts';
import { memoryStoreLimits } from './memory-store-limits.ts';
import {
  arbitraryRequest,
  arbitrarySteps,
  expectSameReads,
  expectSameSearch,
  isPlainStory,
  take,
} from './memory-store-properties.ts';
import { memoryStoreReading } from './memory-store-reading.ts';
import { memoryStoreRemoving } from './memory-store-removing.ts';
import { arbitraryFilter, chunk, idOf, message, unit } from './memory-store-samples.ts';
import { memoryStoreScores } from './memory-store-scores.ts';
import { memoryStoreVectors } from './memory-store-vectors.ts';
import { CONTRACT_BM25, SLOT, type StoreAtHand, never, storeAtHand } from './store-at-hand.ts';

export interface MemoryStoreContractOptions {
  /** Random stories a property is tried on; fewer for a slow server. */
  readonly runs: number;
  /**
   * Whether BM25 at once forgets what was replaced, removed or given a vector, or only when the store has tidied up; till
   * then the scores are a little off, and what matches is still right.
   */
  readonly wordStatistics: 'exact' | 'eventual';
}

/** Rules of `ports/memory-store.ts` that hold for every driver, which `open` gives on what it kept; opened with `CONTRACT_BM25`. */
export function memoryStoreContract(
  name: string,
  open: () => Promise<MemoryStore>,
  { runs, wordStatistics }: MemoryStoreContractOptions,
): void {
  describe(`memory store: ${name}`, () => {
    let hand: StoreAtHand;
    beforeAll(async () => {
      hand = storeAtHand(await open(), newId());
    });
    beforeEach(() => {
      hand = storeAtHand(hand.store, newId());
    });
    // Owners that stay would fill a server in time.
    afterEach(() => hand.store.removeOwner(hand.owner, never));
    afterAll(() => hand.store.close());
    const at = () => hand;

    memoryStoreIsolation(at);
    memoryStoreReading(at);
    memoryStoreFilters(at);
    memoryStoreScores(at, wordStatistics);
    memoryStoreVectors(at);
    memoryStoreRemoving(at);
    memoryStoreLimits(at);

    test('finds what looking at all items finds, whatever was written', async () => {
      const requests = fc.array(arbitraryRequest, { minLength: 1, maxLength: 4 });
      const property = fc.asyncProperty(arbitrarySteps, requests, async (steps, requests) => {
        const [owner, reference] = [newId(), fakeMemoryStore(CONTRACT_BM25)];
        for (const [n, step] of steps.entries()) {
          expect(await take(hand.store, owner, step)).toEqual(await take(reference, owner, step));
          const exact = wordStatistics === 'exact' || isPlainStory(steps.slice(0, n + 1));
          const compared = { store: hand.store, reference, words: exact ? 'equal' : 'matching' } as const;
          for (const request of requests) await expectSameSearch(compared, owner, request);
        }
        await hand.store.removeOwner(owner, never);
      });
      await fc.assert(property, { numRuns: runs });
      expect.hasAssertions();
    });

    test('lists and counts what looking at all items gives, whatever was written', async () => {
      const property = fc.asyncProperty(arbitrarySteps, arbitraryFilter, async (steps, filter) => {
        const [owner, reference] = [newId(), fakeMemoryStore(CONTRACT_BM25)];
        for (const step of steps) {
          await take(hand.store, owner, step);
          await take(reference, owner, step);
          await expectSameReads(hand.store, reference, owner, filter);
        }
        await hand.store.removeOwner(owner, never);
      });
      await fc.assert(property, { numRuns: runs });
      expect.hasAssertions();
    });

    test('keeps everything when it is closed and opened again', async () => {
      await hand.store.upsert(hand.owner, [message('a'), chunk('b')], never);
      await hand.putVectors(SLOT, [idOf('b')], unit(0, 1, 0));
      const before = await hand.search(SLOT, unit(0, 1, 0));
      await hand.store.close();
      hand = storeAtHand(await open(), hand.owner);
      expect(await hand.search(SLOT, unit(0, 1, 0))).toEqual(before);
      expect(await hand.found('heron')).toHaveLength(2);
      const ids = [idOf('a'), idOf('b')];
      expect(await hand.store.get(hand.owner, ids, never)).toEqual([message('a'), chunk('b')]);
    });
  });
}
