import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import type { GraphStore } from '../../src/ports/graph-store.ts';
import { fakeGraphStore } from '../fakes/graph-store.ts';
import { type GraphAtHand, never } from './graph-at-hand.ts';
import { graphStoreForgetting } from './graph-store-forgetting.ts';
import { graphStoreIsolation } from './graph-store-isolation.ts';
import { graphStoreLimits } from './graph-store-limits.ts';
import { graphStoreReading } from './graph-store-reading.ts';
import {
  type Question,
  type Step,
  arbitraryQuestion,
  arbitrarySteps,
  entity,
  graph,
  idOf,
  listAll,
  relation,
} from './graph-store-samples.ts';

const take = (store: GraphStore, owner: string, step: Step): Promise<unknown> =>
  step.kind === 'upsert' ? store.upsert(owner, step.graph, never) : store.forget(owner, step.sources, never);

async function answers(store: GraphStore, owner: string, { names, ids, limit }: Question) {
  const { entities, relations } = await listAll(store, owner, limit, never);
  return {
    all: { entities, relations },
    entities: await store.entities(owner, ids, never),
    relations: await store.relations(owner, ids, never),
    named: await store.named(owner, names, limit, never),
    relationsOf: await store.relationsOf(owner, ids, limit, never),
    count: await store.count(owner, never),
  };
}

/** Rules of `ports/graph-store.ts` that hold for every driver, which `open` gives on what it kept. `runs`: random stories, fewer for a slow server. */
export function graphStoreContract(
  name: string,
  open: () => Promise<GraphStore>,
  { runs }: { readonly runs: number },
): void {
  describe(`graph store: ${name}`, () => {
    let hand: GraphAtHand;
    beforeAll(async () => {
      hand = { store: await open(), owner: newId() };
    });
    beforeEach(() => {
      hand = { ...hand, owner: newId() };
    });
    // Owners that stay would fill a server in time.
    afterEach(() => hand.store.removeOwner(hand.owner, never));
    afterAll(() => hand.store.close());
    const at = () => hand;

    graphStoreReading(at);
    graphStoreForgetting(at);
    graphStoreIsolation(at);
    graphStoreLimits(at);

    test('answers what looking at everything answers, whatever was written', async () => {
      const property = fc.asyncProperty(arbitrarySteps, arbitraryQuestion, async (steps, question) => {
        const [owner, reference] = [newId(), fakeGraphStore()];
        for (const step of steps) {
          expect(await take(hand.store, owner, step)).toEqual(await take(reference, owner, step));
          expect(await answers(hand.store, owner, question)).toEqual(
            await answers(reference, owner, question),
          );
        }
        await hand.store.removeOwner(owner, never);
      });
      await fc.assert(property, { numRuns: runs });
      expect.hasAssertions();
    });

    test('keeps everything when it is closed and opened again', async () => {
      await hand.store.upsert(hand.owner, graph([entity('a')], [relation('r')]), never);
      await hand.store.close();
      hand = { ...hand, store: await open() };
      expect(await hand.store.named(hand.owner, ['ann'], 9, never)).toEqual([entity('a')]);
      expect(await hand.store.relationsOf(hand.owner, [idOf('b')], 9, never)).toEqual([relation('r')]);
    });
  });
}
