import { describe, expect, test } from 'vitest';
import { listAll } from './memory-store-properties.ts';
import { idOf, message, samples, unit } from './memory-store-samples.ts';
import { SLOT, type StoreAtHand, never } from './store-at-hand.ts';

/** Batches and cancelling. */
export function memoryStoreLimits(at: () => StoreAtHand): void {
  describe('limits and cancelling', () => {
    const everyCall = (signal: AbortSignal): Record<string, () => Promise<unknown>> => ({
      upsert: () => at().store.upsert(at().owner, [message('late')], signal),
      putVectors: () =>
        at().store.putVectors(at().owner, SLOT, [{ id: idOf('a'), vector: unit(1, 0, 0) }], signal),
      get: () => at().store.get(at().owner, [idOf('a')], signal),
      search: () =>
        at().store.search(at().owner, { terms: [], vectors: [], filter: {}, candidates: 9 }, signal),
      at: () => at().store.at(at().owner, [{ sessionId: samples.sessions[0], from: 0, to: 9 }], signal),
      list: () => at().store.list(at().owner, {}, { limit: 9 }, signal),
      count: () => at().store.count(at().owner, {}, signal),
      remove: () => at().store.remove(at().owner, { kinds: ['message'] }, signal),
      withoutVector: () => at().store.withoutVector(at().owner, SLOT, {}, 9, signal),
      vectorCoverage: () => at().store.vectorCoverage(at().owner, SLOT, {}, signal),
      dropSlot: () => at().store.dropSlot(at().owner, SLOT, signal),
      removeOwner: () => at().store.removeOwner(at().owner, signal),
    });

    test.each(Object.keys(everyCall(never)))('%s does nothing once it was cancelled', async (method) => {
      await at().store.upsert(at().owner, [message('a')], never);
      const call = everyCall(AbortSignal.abort())[method] as () => Promise<unknown>;
      await expect(call()).rejects.toMatchObject({ code: 'aborted' });
      expect(await listAll(at().store, at().owner, {}, 9)).toEqual([message('a')]);
      expect(await at().store.vectorCoverage(at().owner, SLOT, {}, never)).toEqual({ items: 1, vectors: 0 });
    });

    test('more than a batch is refused and nothing of it is kept', async () => {
      const tooMany = at().store.limits.batchItems + 1;
      const names = Array.from({ length: tooMany }, (_, i) => i);
      const refused = { code: 'invalid-input', message: expect.stringContaining(String(tooMany)) };
      await expect(
        at().store.upsert(
          at().owner,
          names.map((n) => message(n)),
          never,
        ),
      ).rejects.toMatchObject(refused);
      await expect(at().putVectors(SLOT, names.map(idOf), unit(1, 0, 0))).rejects.toMatchObject(refused);
      await expect(at().store.get(at().owner, names.map(idOf), never)).rejects.toMatchObject(refused);
      const ranges = names.map((n) => ({ sessionId: samples.sessions[0], from: n, to: n }));
      await expect(at().store.at(at().owner, ranges, never)).rejects.toMatchObject(refused);
      expect(await at().store.count(at().owner, {}, never)).toBe(0);
    });
  });
}
