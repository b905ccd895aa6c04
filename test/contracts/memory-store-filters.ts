import { describe, expect, test } from 'vitest';
import type { ItemFilter } from '../../src/ports/memory-store.ts';
import { listAll } from './memory-store-properties.ts';
import { chunk, idOf, message, samples } from './memory-store-samples.ts';
import { type StoreAtHand, never } from './store-at-hand.ts';

const [session, otherSession] = samples.sessions;
const [document, otherDocument] = samples.documents;

const items = [
  message('ann', { author: 'Ann', tags: ['red', 'blue'], sources: [session], createdAt: 10, trust: 4 }),
  message('boris', { author: 'Boris', role: 'assistant', sessionId: otherSession, createdAt: 20, trust: 1 }),
  message('said', { role: 'person', eventTime: 15, createdAt: 99, tags: ['green'], trust: 3 }),
  message('part', { kind: 'paragraph', parentId: idOf('ann'), createdAt: 30, trust: 0 }),
  chunk('chunk', { sources: [document], createdAt: 40, trust: 2 }),
  chunk('other', { documentId: otherDocument, sources: [otherDocument, session], createdAt: 50, trust: 2 }),
] as const;
const everything = ['ann', 'boris', 'said', 'part', 'chunk', 'other'];

const cases: readonly (readonly [string, ItemFilter, readonly string[]])[] = [
  ['no condition', {}, everything],
  ['ids', { ids: [idOf('ann'), idOf('nobody'), idOf('chunk')] }, ['ann', 'chunk']],
  ['kinds', { kinds: ['paragraph', 'chunk'] }, ['part', 'chunk', 'other']],
  ['sessions', { sessionIds: [otherSession] }, ['boris']],
  ['documents', { documentIds: [otherDocument] }, ['other']],
  ['parents', { parentIds: [idOf('ann')] }, ['part']],
  ['roles', { roles: ['assistant', 'person'] }, ['boris', 'said']],
  ['authors', { authors: ['Ann'] }, ['ann']],
  ['any of some tags', { tags: ['blue', 'green'] }, ['ann', 'said']],
  ['any of some sources', { sources: [document, session] }, ['ann', 'chunk', 'other']],
  ['trust from 2 on', { minTrust: 2 }, ['ann', 'said', 'chunk', 'other']],
  ['times from 20 on', { from: 20 }, ['boris', 'part', 'chunk', 'other']],
  ['times before 20, when it was said counts', { to: 20 }, ['ann', 'said']],
  ['a span of time', { from: 15, to: 30 }, ['boris', 'said']],
  ['two conditions', { sessionIds: [session], minTrust: 3 }, ['ann', 'said']],
  ['a condition answered elsewhere and one not', { sources: [session], kinds: ['chunk'] }, ['other']],
  ['names nobody has', { authors: ['Nobody'], sessionIds: [session] }, []],
  ['empty lists', { kinds: [] }, []],
  ['an empty list beside a condition that holds', { tags: [], minTrust: 0 }, []],
];

/** A filter means the same in every call. */
export function memoryStoreFilters(at: () => StoreAtHand): void {
  describe('filters', () => {
    test.each(cases)('by %s hold in searches, lists, counts and removals', async (_, filter, names) => {
      const { store, owner } = at();
      await store.upsert(owner, items, never);
      const expected = names.map(idOf).sort();
      expect((await at().found('heron', filter)).sort()).toEqual(expected);
      expect((await listAll(store, owner, filter, 2)).map(({ id }) => id).sort()).toEqual(expected);
      expect(await store.count(owner, filter, never)).toBe(expected.length);
      expect(await store.vectorCoverage(owner, 'text@a', filter, never)).toEqual({
        items: expected.length,
        vectors: 0,
      });
      if (Object.keys(filter).length === 0) return;
      await store.remove(owner, filter, never);
      const kept = (await listAll(store, owner, {}, 9)).map(({ id }) => id).sort();
      expect(kept).toEqual(
        everything
          .map(idOf)
          .filter((id) => !expected.includes(id))
          .sort(),
      );
    });
  });
}
