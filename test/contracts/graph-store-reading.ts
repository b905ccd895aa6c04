import { describe, expect, test } from 'vitest';
import {
  NAMES,
  SOURCES,
  entity,
  evidence,
  graph,
  idOf,
  listAll,
  mention,
  relation,
} from './graph-store-samples.ts';
import { type GraphAtHand, never } from './graph-at-hand.ts';

const [first, second] = SOURCES;

/** What was written is read: by id, by name, by its ends, page by page. */
export function graphStoreReading(at: () => GraphAtHand): void {
  describe('reading', () => {
    test('gives back all that was written, at once and in the order of the ids', async () => {
      const { store, owner } = at();
      const full = entity('full', {
        language: 'ru',
        mentions: [mention('Аня', first, second), { ...mention('Anya', second), confidence: 1, trust: 4 }],
      });
      const dated = relation('dated', { validFrom: 5, validTo: 9, from: idOf('full'), to: idOf('full') });
      await store.upsert(owner, graph([entity('a'), full], [relation('r'), dated]), never);
      const ids = [idOf('full'), idOf('nobody'), idOf('a')];
      expect(await store.entities(owner, ids, never)).toEqual([full, entity('a')]);
      expect(await store.relations(owner, [idOf('dated'), idOf('r')], never)).toEqual([dated, relation('r')]);
      expect(await store.relationsOf(owner, [idOf('full')], 9, never)).toEqual([dated]);
      expect(await store.count(owner, never)).toEqual({ entities: 2, relations: 2 });
    });

    test('replaces by id, and finds nothing by what was replaced', async () => {
      const { store, owner } = at();
      await store.upsert(owner, graph([entity('a')], [relation('r')]), never);
      const renamed = entity('a', { name: 'Boris', version: 2 });
      const moved = relation('r', { from: idOf('c'), evidence: [evidence(second)] });
      await store.upsert(owner, graph([entity('a'), renamed], [moved]), never);
      expect(await store.named(owner, ['ann'], 9, never)).toEqual([]);
      expect(await store.named(owner, ['boris'], 9, never)).toEqual([renamed]);
      expect(await store.relationsOf(owner, [idOf('a')], 9, never)).toEqual([]);
      expect(await store.relationsOf(owner, [idOf('c')], 9, never)).toEqual([moved]);
      expect(await store.count(owner, never)).toEqual({ entities: 1, relations: 1 });
    });

    test('ids of entities and of relations know nothing of each other', async () => {
      const { store, owner } = at();
      await store.upsert(owner, graph([entity('same')], [relation('same')]), never);
      expect(await store.entities(owner, [idOf('same')], never)).toEqual([entity('same')]);
      expect(await store.relations(owner, [idOf('same')], never)).toEqual([relation('same')]);
    });

    test.each(NAMES)('finds ‘%s’ by name and by alias, and by no part of it', async (name) => {
      const { store, owner } = at();
      const called = entity('called', { name });
      const alias = entity('alias', {
        name: 'Other',
        mentions: [mention('Other', first), mention(name, first)],
      });
      await store.upsert(owner, graph([called, alias]), never);
      expect(await store.named(owner, [name.toUpperCase()], 9, never)).toEqual([alias, called]);
      expect(await store.named(owner, ['n', 'ann x', `${name} `.repeat(2), ''], 9, never)).toEqual([]);
    });

    test('an entity that has several of the names is found once', async () => {
      const { store, owner } = at();
      const both = entity('both', { mentions: [mention('Ann', first), mention('Lee', first)] });
      await store.upsert(owner, graph([both]), never);
      expect(await store.named(owner, ['ann', 'lee', 'nobody', 'ANN'], 9, never)).toEqual([both]);
    });

    test('puts most evidence first, then the newest, then the first id, and cuts after these', async () => {
      const { store, owner } = at();
      const [low, high] = [idOf(1), idOf(2)].toSorted();
      const weak = [
        relation('new', { createdAt: 9 }),
        relation('low', { id: low as string, createdAt: 5 }),
        relation('high', { id: high as string, createdAt: 5 }),
      ];
      const strong = relation('strong', { createdAt: 1, evidence: [evidence(first), evidence(second)] });
      await store.upsert(owner, graph([], [...weak.toReversed(), strong]), never);
      const ends = [idOf('a'), idOf('b')];
      expect(await store.relationsOf(owner, ends, 9, never)).toEqual([strong, ...weak]);
      expect(await store.relationsOf(owner, ends, 2, never)).toEqual([strong, weak[0]]);
      const entities = [entity('new', { createdAt: 9 }), entity('old', { createdAt: 2 })];
      const known = entity('known', { mentions: [mention('Ann', first), mention('Ann', second)] });
      await store.upsert(owner, graph([...entities, known]), never);
      expect(await store.named(owner, ['Ann'], 2, never)).toEqual([known, entities[0]]);
    });

    test('finds relations in both directions', async () => {
      const { store, owner } = at();
      const to = relation('to', { from: idOf('x'), to: idOf('a'), createdAt: 3 });
      const from = relation('from', { from: idOf('a'), to: idOf('y'), createdAt: 2 });
      const other = relation('other', { from: idOf('x'), to: idOf('y') });
      await store.upsert(owner, graph([], [to, from, other]), never);
      expect(await store.relationsOf(owner, [idOf('a')], 9, never)).toEqual([to, from]);
    });

    test('asked for nothing it finds nothing', async () => {
      const { store, owner } = at();
      await store.upsert(owner, graph([entity('a')], [relation('r')]), never);
      await store.upsert(owner, graph([]), never);
      expect(await store.entities(owner, [], never)).toEqual([]);
      expect(await store.relations(owner, [], never)).toEqual([]);
      expect(await store.named(owner, [], 9, never)).toEqual([]);
      expect(await store.relationsOf(owner, [], 9, never)).toEqual([]);
      expect(await store.forget(owner, [], never)).toEqual({ entities: 0, relations: 0 });
      expect(await store.count(owner, never)).toEqual({ entities: 1, relations: 1 });
    });

    test.each([1, 2, 3, 4, 5, 9])('lists everything once in pages of at most %i', async (limit) => {
      const { store, owner } = at();
      const entities = ['a', 'b', 'c'].map((name) => entity(name)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const relations = ['r', 's'].map((name) => relation(name)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      await store.upsert(owner, graph(entities, relations), never);
      const listed = await listAll(store, owner, limit, never);
      expect(listed).toMatchObject({ entities, relations });
      const full = Math.floor(5 / limit);
      expect(listed.sizes).toEqual(
        [...Array<number>(full).fill(limit), 5 % limit].filter((size) => size > 0),
      );
    });
  });
}
