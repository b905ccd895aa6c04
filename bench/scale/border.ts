import weaviate from 'weaviate-client';
import type { WeaviateConnection } from '../../src/adapters/connections/weaviate-connection.ts';
import { VECTOR_COLLECTION } from '../../src/adapters/memory-store/weaviate/collections.ts';
import { vectorName } from '../../src/adapters/memory-store/weaviate/slot-names.ts';
import { openWeaviateMemoryStore } from '../../src/adapters/memory-store/weaviate/weaviate-memory-store.ts';
import { batches, mapBounded } from '../../src/core/bounded.ts';
import { silentLog } from '../../src/core/context.ts';
import { derivedId, newId } from '../../src/core/ids.ts';
import { BM25 } from '../../src/memory/analyser.ts';
import { EMBEDDED_KINDS } from '../../src/memory/fill-vectors.ts';
import type { ItemFilter, MemoryStore } from '../../src/ports/memory-store.ts';
import { rounded, timed } from '../memory-store/measure.ts';
import { percentile } from '../recall/report.ts';
import { syntheticMemory } from '../memory-store/synthetic-memory.ts';
import type { ScaleVectors } from './scale-vectors.ts';
import { removeCollections, withWeaviate } from './weaviate-collections.ts';

/** What searching by vector takes in one way, at one size. */
export interface BorderFigures {
  readonly vectors: number;
  readonly way: 'exact' | 'hnsw';
  /** All items of the owner, or those of one role, which are half of them. */
  readonly filter: 'all' | 'half';
  /** Milliseconds with one client, and with eight. */
  readonly alone: { readonly p50: number; readonly p95: number };
  readonly eight: { readonly p50: number; readonly p95: number };
  /** Share of what exact search finds among its best 10, and among all candidates. */
  readonly recallAt10: number;
  readonly recallAtAll: number;
}

interface Bordering {
  readonly store: MemoryStore;
  readonly connection: WeaviateConnection;
  readonly prefix: string;
  readonly vectors: ScaleVectors;
}

const BORDER_SIZES = [5_000, 10_000, 20_000, 40_000, 100_000];
const SLOT = 'text@border';
const OWNER = derivedId('scale', 'border');
const CANDIDATES = 400;
const QUESTIONS = 60;
const WARM_UP = 10;
const EVERYTHING = 1_000_000_000;
const never = new AbortController().signal;

const FILTERS: Readonly<Record<BorderFigures['filter'], ItemFilter>> = {
  all: { kinds: EMBEDDED_KINDS },
  half: { kinds: EMBEDDED_KINDS, roles: ['user'] },
};

/** Messages with few words: only their vectors are searched. */
async function grow({ store, vectors }: Bordering, from: number, to: number): Promise<void> {
  const memory = syntheticMemory({ items: to, dimensions: 8, termsPerItem: 3 });
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  for (const batch of batches(numbers, store.limits.batchItems)) {
    const items = batch.map((number) => ({
      ...memory.item(number),
      kind: 'message' as const,
      role: number % 2 === 0 ? ('user' as const) : ('assistant' as const),
    }));
    await store.upsert(OWNER, items, never);
    const pairs = batch.flatMap((number, index) => {
      const id = items[index]?.id;
      return id === undefined ? [] : { id, vector: vectors.item(number) };
    });
    await store.putVectors(OWNER, SLOT, pairs, never);
  }
}

/** Fewer matching vectors than this are compared one by one. */
async function setCutoff({ connection, prefix }: Bordering, flatSearchCutoff: number): Promise<void> {
  const { reconfigure } = weaviate;
  await connection.client.collections.use(`${prefix}${VECTOR_COLLECTION}`).config.update({
    vectorizers: [
      reconfigure.vectors.update({
        name: vectorName(SLOT),
        vectorIndexConfig: reconfigure.vectorIndex.hnsw({ flatSearchCutoff }),
      }),
    ],
  });
}

/** Ids in order of nearness for each question, and how long each took. */
async function searched({ store, vectors }: Bordering, filter: ItemFilter, clients: number) {
  const ms: number[] = [];
  const numbers = Array.from({ length: WARM_UP + QUESTIONS }, (_, number) => number);
  const ids = await mapBounded(numbers, clients, async (number) => {
    const request = {
      terms: [],
      vectors: [{ slot: SLOT, vector: vectors.question(number) }],
      filter,
      candidates: CANDIDATES,
    };
    let found: Awaited<ReturnType<MemoryStore['search']>> = [];
    const took = await timed(async () => void (found = await store.search(OWNER, request, never)));
    if (number >= WARM_UP) ms.push(took);
    return found.toSorted((a, b) => (b.cosines[0] ?? -1) - (a.cosines[0] ?? -1)).map(({ id }) => id);
  });
  const times = { p50: rounded(percentile(ms, 0.5)), p95: rounded(percentile(ms, 0.95)) };
  return { times, ids };
}

type Ids = readonly (readonly string[])[];

/** Mean share of the best of `exact` that are among the best of `other`. */
function shared(exact: Ids, other: Ids, best: number): number {
  const shares = exact.map((wanted, place) => {
    const there = new Set(other[place]?.slice(0, best));
    const first = wanted.slice(0, best);
    return first.filter((id) => there.has(id)).length / Math.max(first.length, 1);
  });
  return Math.round((shares.reduce((sum, one) => sum + one, 0) / Math.max(shares.length, 1)) * 1e4) / 1e4;
}

async function atSize(bordering: Bordering, size: number): Promise<BorderFigures[]> {
  const figures: BorderFigures[] = [];
  for (const [filter, inside] of Object.entries(FILTERS)) {
    let exact: Ids | undefined;
    for (const way of ['exact', 'hnsw'] as const) {
      await setCutoff(bordering, way === 'exact' ? EVERYTHING : 0);
      const alone = await searched(bordering, inside, 1);
      const eight = await searched(bordering, inside, 8);
      exact ??= alone.ids;
      figures.push({
        vectors: size,
        way,
        filter: filter as BorderFigures['filter'],
        alone: alone.times,
        eight: eight.times,
        recallAt10: shared(exact, alone.ids, 10),
        recallAtAll: shared(exact, alone.ids, CANDIDATES),
      });
    }
  }
  return figures;
}

/**
 * Searches the driver's own collections, under a prefix of their own, exactly and by HNSW at several sizes; the sizes up to
 * `items` are used. Chooses `EXACT_UP_TO` of the driver.
 */
export async function measureBorder(
  server: Readonly<Record<string, string>>,
  vectors: ScaleVectors,
  items: number,
  note: (text: string) => void,
): Promise<BorderFigures[]> {
  const prefix = `Border${newId().replaceAll('-', '').slice(0, 12)}`;
  return withWeaviate(server, async (connection) => {
    const store = await openWeaviateMemoryStore({
      // Closed by whoever opened it.
      connection: { ...connection, close: async () => {} },
      prefix,
      replicas: 1,
      bm25: BM25,
      now: Date.now,
      idleMs: 3_600_000,
      log: silentLog,
    });
    const bordering = { store, connection, prefix, vectors };
    try {
      const figures: BorderFigures[] = [];
      let from = 0;
      for (const size of BORDER_SIZES.filter((one) => one <= items)) {
        note(`border: ${size} vectors`);
        await grow(bordering, from, size);
        from = size;
        figures.push(...(await atSize(bordering, size)));
      }
      return figures;
    } finally {
      await store.close();
      await removeCollections(connection, prefix);
    }
  });
}
