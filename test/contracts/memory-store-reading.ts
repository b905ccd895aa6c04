import { describe, expect, test } from 'vitest';
import { listAll, timeOf } from './memory-store-properties.ts';
import { chunk, idOf, message, samples } from './memory-store-samples.ts';
import { type StoreAtHand, never } from './store-at-hand.ts';

/** What was written is read back. */
export function memoryStoreReading(at: () => StoreAtHand): void {
  describe('reading what was written', () => {
    test('gives an item back as it was written, with every field', async () => {
      const full = message('full', {
        parentId: samples.parents[0],
        author: 'Ann',
        eventTime: 5,
        validFrom: 1,
        validTo: 9,
        language: 'en',
        asks: true,
        tags: ['red', 'red-ish'],
        entities: ['Ann'],
        page: 2,
        start: 0,
        end: 17,
        filename: 'ü.txt',
        contentType: 'text/plain',
        heading: 'A › B',
        credibility: 0.5,
        effectiveness: 0.25,
        strategy: 'calm',
        derivedFrom: [idOf('a')],
        sources: [idOf('b'), idOf('c')],
        version: 7,
      });
      await at().store.upsert(at().owner, [full, chunk('bare')], never);
      expect(await at().store.get(at().owner, [idOf('bare'), idOf('none'), full.id], never)).toEqual([
        chunk('bare'),
        full,
      ]);
    });

    test('finds an item by a word in the next search', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      expect(await at().found('heron')).toEqual([idOf('a')]);
    });

    test('finds a replaced item by its new words and never by its old ones', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      await at().store.upsert(at().owner, [message('a', { terms: 'lake' })], never);
      expect([await at().found('heron'), await at().found('lake')]).toEqual([[], [idOf('a')]]);
    });

    test('takes the last of two items with one id in one call', async () => {
      await at().store.upsert(at().owner, [message('a'), message('a', { terms: 'lake' })], never);
      expect([await at().found('heron'), await at().found('lake')]).toEqual([[], [idOf('a')]]);
    });

    test('never finds what was removed', async () => {
      await at().store.upsert(at().owner, [message('a'), message('b')], never);
      await at().store.remove(at().owner, { ids: [idOf('a')] }, never);
      expect(await at().found('heron')).toEqual([idOf('b')]);
      expect(await at().store.get(at().owner, [idOf('a')], never)).toEqual([]);
    });

    test('gives items by place, range by range and by position, paragraphs and other kinds left out', async () => {
      const [first, second] = samples.sessions;
      await at().store.upsert(
        at().owner,
        [
          ...[2, 0, 1, 3].map((position) => message(`s${position}`, { position })),
          message('other', { sessionId: second, position: 1 }),
          message('part', { kind: 'paragraph', position: 1 }),
          message('sum', { kind: 'summary', position: 1 }),
          chunk('c1', { position: 1 }),
        ],
        never,
      );
      const ranges = [
        { documentId: samples.documents[0], from: 0, to: 9 },
        { sessionId: first, from: 1, to: 2 },
        { sessionId: second, from: 1, to: 1 },
        { sessionId: first, from: 4, to: 9 },
      ];
      const placed = await at().store.at(at().owner, ranges, never);
      expect(placed.map(({ id }) => id)).toEqual(['c1', 's1', 's2', 'other'].map(idOf));
    });

    test('lists each item once over all pages, newest first', async () => {
      const items = Array.from({ length: 23 }, (_, i) => message(i, { createdAt: i % 5 }));
      await at().store.upsert(at().owner, items, never);
      const listed = await listAll(at().store, at().owner, {}, 4);
      expect(new Set(listed.map(({ id }) => id)).size).toBe(23);
      expect(listed.map(timeOf)).toEqual(items.map(timeOf).sort((a, b) => b - a));
    });

    test('refuses a page that no page led to', async () => {
      await at().store.upsert(at().owner, [message('a')], never);
      await expect(
        at().store.list(at().owner, {}, { limit: 4, after: 'nonsense' }, never),
      ).rejects.toMatchObject({
        code: 'invalid-input',
      });
    });
  });
}
