import { describe, expect, test } from 'vitest';
import { idOf, message, samples, unit } from '../../../../test/contracts/memory-store-samples.ts';
import { CONTRACT_BM25, SLOT, never } from '../../../../test/contracts/store-at-hand.ts';
import type { MemoryItem, SearchRequest } from '../../../ports/memory-store.ts';
import type { Found } from '../../connections/weaviate-tenant-reads.ts';
import { itemPages } from './item-pages.ts';
import { latestWrites } from './latest-writes.ts';
import { layOver } from './lay-over.ts';
import type { MemoryParts, Tenant } from './memory-parts.ts';
import { placesOf } from './places.ts';
import type { Results } from './search-results.ts';
import { propertiesOf, searchedPropertiesOf, signalsOf } from './stored-item.ts';

const OWNER = 'owner-a';
const REQUEST: SearchRequest = {
  terms: [{ term: 'heron', weight: 1 }],
  vectors: [{ slot: SLOT, vector: unit(1, 0, 0) }],
  filter: {},
  candidates: 9,
};

const foundOf = (item: MemoryItem): Found => ({
  id: item.id,
  properties: propertiesOf(item),
  score: undefined,
  distance: undefined,
  vectors: {},
});

/** A replica that holds these items; of any other, its fellows know nothing either. */
function replica(items: readonly MemoryItem[]) {
  const latest = latestWrites(() => 0);
  const limits: number[] = [];
  const tenant = {
    name: 'TenantMemory',
    fetch: async ({ limit }: { readonly limit: number }) => {
      limits.push(limit);
      return items.slice(0, limit).map(foundOf);
    },
    mend: async (id: string) => items.some((item) => item.id === id),
  } as unknown as Tenant;
  const parts = {
    bm25: CONTRACT_BM25,
    latest,
    tenants: () => [tenant],
    tenant: () => tenant,
  } as unknown as MemoryParts;
  return { latest, parts };
}

/** What a search of the replica gave, by words and by the vector. */
function resultsOf(...items: readonly MemoryItem[]): Results {
  const scores = () => new Map(items.map(({ id }) => [id, 0.5]));
  return {
    fields: new Map(items.map((item) => [item.id, signalsOf(item.id, searchedPropertiesOf(item))])),
    scores: [scores(), scores()],
    exhausted: new Set(),
  };
}

describe('latest writes over a replica that has missed them', () => {
  test('take an item out of what was found by words that it has no more, and show it as it is', async () => {
    const { latest, parts } = replica([message('a')]);
    latest.written(OWNER, [message('a', { terms: 'lake', trust: 1 })]);
    const results = resultsOf(message('a'));
    await layOver({ ownerId: OWNER, request: REQUEST, signals: [], results }, parts, never);
    expect(results.scores.map((known) => known.size)).toEqual([0, 1]);
    expect(results.fields.get(idOf('a'))).toMatchObject({ trust: 1 });
  });

  test('bring nothing back that another process has removed', async () => {
    const { latest, parts } = replica([]);
    latest.written(OWNER, [message('a')]);
    const results = resultsOf();
    await layOver({ ownerId: OWNER, request: REQUEST, signals: [], results }, parts, never);
    expect(results.scores.map((known) => known.size)).toEqual([0, 0]);
  });

  test('show nothing any more that another process has removed, nor in lists and places', async () => {
    const { latest, parts } = replica([]);
    latest.written(OWNER, [message('a')]);
    expect((await itemPages(parts).list(OWNER, {}, { limit: 2 }, never)).items).toEqual([]);
    latest.written(OWNER, [message('a')]);
    expect(await itemPages(parts).get(OWNER, [idOf('a')], never)).toEqual([]);
    latest.written(OWNER, [message('a', { position: 3 })]);
    const range = { sessionId: samples.sessions[0], from: 3, to: 3 };
    expect(await placesOf(parts).at(OWNER, [range], never)).toEqual([]);
    expect(latest.of(OWNER).size).toBe(0);
  });

  test('that were removals end no list early', async () => {
    const items = [5, 4, 3, 2, 1].map((n) => message(n, { createdAt: n }));
    const { latest, parts } = replica(items);
    latest.removed(OWNER, [idOf(5), idOf(4)]);
    const page = await itemPages(parts).list(OWNER, {}, { limit: 2 }, never);
    expect(page).toMatchObject({ items: [{ id: idOf(3) }, { id: idOf(2) }], next: expect.any(String) });
  });
});
