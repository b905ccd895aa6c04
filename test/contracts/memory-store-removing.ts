import { describe, expect, test } from 'vitest';
import { listAll } from './memory-store-properties.ts';
import { chunk, idOf, message, samples, unit } from './memory-store-samples.ts';
import { SLOT, type StoreAtHand, never } from './store-at-hand.ts';

/** What is removed is gone. */
export function memoryStoreRemoving(at: () => StoreAtHand): void {
  describe('removing', () => {
    test('by source takes all that came from it and counts by kind', async () => {
      const sources = [samples.documents[0]];
      const kept = message('kept', { sources: [samples.documents[1]] });
      await at().store.upsert(
        at().owner,
        [chunk(1, { sources }), chunk(2, { sources }), message(3, { sources }), kept],
        never,
      );
      expect(await at().store.remove(at().owner, { sources }, never)).toEqual({ chunk: 2, message: 1 });
      expect(await listAll(at().store, at().owner, {}, 9)).toEqual([kept]);
    });

    test('by session leaves the other sessions', async () => {
      await at().store.upsert(
        at().owner,
        [message(1), message(2, { sessionId: samples.sessions[1] })],
        never,
      );
      expect(await at().store.remove(at().owner, { sessionIds: [samples.sessions[0]] }, never)).toEqual({
        message: 1,
      });
      expect((await listAll(at().store, at().owner, {}, 9)).map(({ id }) => id)).toEqual([idOf(2)]);
    });

    test('more items than fit one step removes them all', async () => {
      const size = Math.min(400, at().store.limits.batchItems);
      const batch = (from: number) =>
        Array.from({ length: size }, (_, i) => message(from + i, { tags: ['x'] }));
      await at().store.upsert(at().owner, batch(0), never);
      await at().store.upsert(at().owner, batch(size), never);
      expect(await at().store.remove(at().owner, { tags: ['x'] }, never)).toEqual({ message: 2 * size });
      expect(await at().store.count(at().owner, {}, never)).toBe(0);
    });

    test('with an empty filter is refused', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      await expect(at().store.remove(at().owner, {}, never)).rejects.toMatchObject({ code: 'invalid-input' });
      expect(await at().store.count(at().owner, {}, never)).toBe(1);
    });

    test('with an empty list of wanted values removes nothing', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      expect(await at().store.remove(at().owner, { sessionIds: [] }, never)).toEqual({});
    });

    test('an owner takes everything and lets the owner start anew', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      await at().putVectors(SLOT, [idOf('a')], unit(1, 0, 0));
      await at().store.removeOwner(at().owner, never);
      expect([await at().store.count(at().owner, {}, never), await at().found('heron')]).toEqual([0, []]);
      await at().store.upsert(at().owner, [message('a')], never);
      expect(await at().found('heron')).toEqual([idOf('a')]);
      expect(await at().store.vectorCoverage(at().owner, SLOT, {}, never)).toEqual({ items: 1, vectors: 0 });
    });
  });
}
