import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryFilter, arbitraryItem } from '../../../../test/contracts/memory-store-samples.ts';
import { never } from '../../../../test/contracts/store-at-hand.ts';
import { fakeMemoryStore } from '../../../../test/fakes/memory-store.ts';
import { matchesFilter } from './matching.ts';

test('is what a store finds by the same filter', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryItem, arbitraryFilter, async (item, filter) => {
      const store = fakeMemoryStore();
      await store.upsert('owner', [item], never);
      expect(matchesFilter(item, filter)).toBe((await store.count('owner', filter, never)) === 1);
    }),
  );
  expect.hasAssertions();
});
