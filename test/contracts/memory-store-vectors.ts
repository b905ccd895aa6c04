import { describe, expect, test } from 'vitest';
import { idOf, message, unit } from './memory-store-samples.ts';
import { SLOT, type StoreAtHand, never } from './store-at-hand.ts';

/** Vectors come, stay and go. */
export function memoryStoreVectors(at: () => StoreAtHand): void {
  describe('vectors', () => {
    test('stay with an item whose terms did not change', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      await at().putVectors(SLOT, [idOf('a')], unit(1, 0, 0));
      await at().store.upsert(at().owner, [message('a', { text: 'Other text.', trust: 1 })], never);
      const [kept] = await at().search(SLOT, unit(1, 0, 0));
      expect(kept).toMatchObject({ id: idOf('a'), trust: 1 });
      expect(kept?.cosines[0]).toBeCloseTo(1, 4);
    });

    test('go when the terms of an item change', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      await at().putVectors(SLOT, [idOf('a')], unit(1, 0, 0));
      await at().store.upsert(at().owner, [message('a', { terms: 'lake' })], never);
      expect(await at().search(SLOT, unit(1, 0, 0))).toEqual([]);
      expect(await at().store.vectorCoverage(at().owner, SLOT, {}, never)).toEqual({ items: 1, vectors: 0 });
    });

    test('for items that do not exist are ignored', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      await at().putVectors(SLOT, [idOf('gone'), idOf('a')], unit(1, 0, 0));
      await at().store.upsert(at().owner, [message('gone')], never);
      expect(await at().store.vectorCoverage(at().owner, SLOT, {}, never)).toEqual({ items: 2, vectors: 1 });
    });

    test('of two slots differ in length, are searched at once and dropped one by one', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      await at().putVectors('text@a', [idOf('a')], unit(1, 0, 0));
      await at().putVectors('text@b', [idOf('a')], unit(0, 0, 3, 4));
      const vectors = [
        { slot: 'text@b', vector: unit(0, 0, 1, 0) },
        { slot: 'text@a', vector: unit(1, 1, 0) },
      ];
      const both = async () =>
        (await at().store.search(at().owner, { terms: [], vectors, filter: {}, candidates: 9 }, never))[0]
          ?.cosines;
      const [b, a] = (await both()) ?? [];
      expect([a, b]).toEqual([expect.closeTo(Math.SQRT1_2, 4), expect.closeTo(0.6, 4)]);
      await at().store.dropSlot(at().owner, 'text@a', never);
      expect(await both()).toEqual([expect.closeTo(0.6, 4), undefined]);
      expect(
        (await at().store.withoutVector(at().owner, 'text@a', {}, 9, never)).map(({ id }) => id),
      ).toEqual([idOf('a')]);
    });

    test('that are missing are named oldest first, as many as asked for', async () => {
      await at().store.upsert(
        at().owner,
        [4, 2, 3, 1].map((n) => message(n, { createdAt: n })),
        never,
      );
      await at().putVectors(SLOT, [idOf(1)], unit(1, 0, 0));
      const missing = await at().store.withoutVector(at().owner, SLOT, { kinds: ['message'] }, 2, never);
      expect(missing.map(({ id }) => id)).toEqual([idOf(2), idOf(3)]);
    });
  });
}
