import { describe, expect, test } from 'vitest';
import { SOURCES, entity, evidence, graph, idOf, mention, relation } from './graph-store-samples.ts';
import { type GraphAtHand, never } from './graph-at-hand.ts';

const [first, second, third] = SOURCES;

/** Nothing stays of a source that is forgotten, and nothing else goes. */
export function graphStoreForgetting(at: () => GraphAtHand): void {
  describe('forgetting', () => {
    test('takes what only these sources say, and counts it', async () => {
      const { store, owner } = at();
      const others = entity('others', { mentions: [mention('Ann', third)] });
      const evidenced = relation('evidenced', { evidence: [evidence(third)] });
      const gone = [entity('a'), entity('b', { mentions: [mention('Ann', second)] })];
      await store.upsert(owner, graph([...gone, others], [relation('r'), evidenced]), never);
      expect(await store.forget(owner, [first, second], never)).toEqual({ entities: 2, relations: 1 });
      expect(await store.list(owner, { limit: 9 }, never)).toEqual(graph([others], [evidenced]));
      expect(await store.named(owner, ['Ann'], 9, never)).toEqual([others]);
      expect(await store.forget(owner, [first, second], never)).toEqual({ entities: 0, relations: 0 });
    });

    test('takes evidence that rests on a source among others, and leaves the rest', async () => {
      const { store, owner } = at();
      const kept = [evidence(second)];
      const known = relation('r', { evidence: [...kept, evidence(first), evidence(second, first)] });
      await store.upsert(owner, graph([], [known]), never);
      expect(await store.forget(owner, [first], never)).toEqual({ entities: 0, relations: 0 });
      expect(await store.relations(owner, [known.id], never)).toEqual([{ ...known, evidence: kept }]);
    });

    test('leaves no alias that only a forgotten source gave', async () => {
      const { store, owner } = at();
      const mentions = [mention('Ann', second), mention('Secret', first)];
      const known = entity('known', { mentions });
      await store.upsert(owner, graph([known]), never);
      await store.forget(owner, [first], never);
      expect(await store.named(owner, ['Secret'], 9, never)).toEqual([]);
      expect(await store.named(owner, ['Ann'], 9, never)).toEqual([
        { ...known, mentions: mentions.slice(0, 1) },
      ]);
    });

    test('gives an entity the commonest name left when its own was of a forgotten source', async () => {
      const { store, owner } = at();
      const mentions = ['Rare', 'Common', 'Common'].map((name) => mention(name, second));
      const known = entity('known', { name: 'Secret', mentions: [mention('Secret', first), ...mentions] });
      await store.upsert(owner, graph([known]), never);
      await store.forget(owner, [first], never);
      expect(await store.entities(owner, [known.id], never)).toEqual([
        { ...known, name: 'Common', mentions },
      ]);
      expect(await store.named(owner, ['Secret'], 9, never)).toEqual([]);
    });

    test('orders by the evidence that is left', async () => {
      const { store, owner } = at();
      const was = relation('was', { evidence: [evidence(first), evidence(first), evidence(second)] });
      const is = relation('is', { createdAt: 1, evidence: [evidence(second), evidence(second)] });
      await store.upsert(owner, graph([], [was, is]), never);
      await store.forget(owner, [first], never);
      const found = await store.relationsOf(owner, [idOf('a')], 9, never);
      expect(found.map(({ id }) => id)).toEqual([is.id, was.id]);
    });

    test('goes through more than a batch', async () => {
      const { store, owner } = at();
      const count = store.limits.batchItems;
      const names = Array.from({ length: count }, (_, place) => place);
      const some = names.map((n) => entity(n));
      const more = names.map((n) =>
        entity(n + count, n % 2 === 0 ? {} : { mentions: [mention('Ann', first), mention('Ann', second)] }),
      );
      await store.upsert(owner, graph(some), never);
      await store.upsert(owner, graph(more), never);
      const stay = Math.floor(count / 2);
      expect(await store.forget(owner, [first], never)).toEqual({ entities: 2 * count - stay, relations: 0 });
      expect(await store.count(owner, never)).toEqual({ entities: stay, relations: 0 });
      const [left] = await store.named(owner, ['Ann'], 1, never);
      expect(left?.mentions).toEqual([mention('Ann', second)]);
    });
  });
}
