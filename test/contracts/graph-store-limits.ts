import { describe, expect, test } from 'vitest';
import { SOURCES, entity, evidence, graph, idOf, mention, relation } from './graph-store-samples.ts';
import { type GraphAtHand, never } from './graph-at-hand.ts';

/** What is refused, and cancelling. */
export function graphStoreLimits(at: () => GraphAtHand): void {
  describe('limits and cancelling', () => {
    const everyCall = (signal: AbortSignal): Record<string, () => Promise<unknown>> => ({
      upsert: () => at().store.upsert(at().owner, graph([entity('late')]), signal),
      entities: () => at().store.entities(at().owner, [idOf('a')], signal),
      relations: () => at().store.relations(at().owner, [idOf('r')], signal),
      named: () => at().store.named(at().owner, ['Ann'], 9, signal),
      relationsOf: () => at().store.relationsOf(at().owner, [idOf('a')], 9, signal),
      list: () => at().store.list(at().owner, { limit: 9 }, signal),
      forget: () => at().store.forget(at().owner, [SOURCES[0]], signal),
      count: () => at().store.count(at().owner, signal),
      removeOwner: () => at().store.removeOwner(at().owner, signal),
    });

    test.each(Object.keys(everyCall(never)))('%s does nothing once it was cancelled', async (method) => {
      await at().store.upsert(at().owner, graph([entity('a')]), never);
      const call = everyCall(AbortSignal.abort())[method] as () => Promise<unknown>;
      await expect(call()).rejects.toMatchObject({ code: 'aborted' });
      expect(await at().store.list(at().owner, { limit: 9 }, never)).toEqual(graph([entity('a')]));
    });

    test('more than a batch is refused and nothing of it is kept', async () => {
      const { store, owner } = at();
      const tooMany = store.limits.batchItems + 1;
      const names = Array.from({ length: tooMany }, (_, place) => place);
      const [ids, entities] = [names.map(idOf), names.map((name) => entity(name))];
      const refused = { code: 'invalid-input', message: expect.stringContaining(String(tooMany)) };
      await expect(store.upsert(owner, graph(entities), never)).rejects.toMatchObject(refused);
      const split = graph(entities.slice(1), [relation('r')]);
      await expect(store.upsert(owner, split, never)).rejects.toMatchObject(refused);
      await expect(store.entities(owner, ids, never)).rejects.toMatchObject(refused);
      await expect(store.relations(owner, ids, never)).rejects.toMatchObject(refused);
      await expect(store.named(owner, ids, 9, never)).rejects.toMatchObject(refused);
      await expect(store.relationsOf(owner, ids, 9, never)).rejects.toMatchObject(refused);
      await expect(store.forget(owner, ids, never)).rejects.toMatchObject(refused);
      expect(await store.count(owner, never)).toEqual({ entities: 0, relations: 0 });
    });

    test.each([
      ['an entity without mention', graph([entity('a', { mentions: [] })])],
      ['a mention without source', graph([entity('a', { mentions: [mention('Ann')] })])],
      ['a relation without evidence', graph([entity('a')], [relation('r', { evidence: [] })])],
      ['evidence without source', graph([], [relation('r', { evidence: [evidence()] })])],
    ])('%s is refused, since it could never be forgotten', async (_, refused) => {
      const { store, owner } = at();
      await expect(store.upsert(owner, refused, never)).rejects.toMatchObject({ code: 'invalid-input' });
      expect(await store.count(owner, never)).toEqual({ entities: 0, relations: 0 });
    });
  });
}
