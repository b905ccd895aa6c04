import type { MemoryStore } from '../../src/ports/memory-store.ts';
import type { SyntheticMemory } from './synthetic-memory.ts';

/** Middle and slow end of a list of times, in milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export const OWNER = 'bench';
export const SLOT = 'text@synthetic';
const never = new AbortController().signal;

export function timesOf(ms: readonly number[]): Times {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (part: number) =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

export const rounded = (value: number) => Math.round(value * 100) / 100;

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** A range of items by number; `to` exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

type Batch = () => Promise<void>;

/** Writes of a range in batches; making up what is written happens here, before anything is timed. */
function* batchesOf(
  store: MemoryStore,
  { from, to }: Range,
  write: (numbers: number[]) => Batch,
): Generator<Batch> {
  const { batchItems } = store.limits;
  for (let start = from; start < to; start += batchItems) {
    yield write(Array.from({ length: Math.min(batchItems, to - start) }, (_, i) => start + i));
  }
}

export function itemBatches(store: MemoryStore, memory: SyntheticMemory, range: Range): Iterable<Batch> {
  return batchesOf(store, range, (numbers) => {
    const items = numbers.map((number) => memory.item(number));
    return () => store.upsert(OWNER, items, never);
  });
}

export function vectorBatches(store: MemoryStore, memory: SyntheticMemory, range: Range): Iterable<Batch> {
  return batchesOf(store, range, (numbers) => {
    const vectors = numbers.map((number) => ({ id: memory.item(number).id, vector: memory.vector(number) }));
    return () => store.putVectors(OWNER, SLOT, vectors, never);
  });
}

/** Runs batches one after the other; returns milliseconds, those between the batches left out. */
export async function writeAll(batches: Iterable<Batch>): Promise<number> {
  let ms = 0;
  for (const write of batches) ms += await timed(write);
  return ms;
}

export const perSecond = (count: number, ms: number) => Math.round((count / ms) * 1_000);

export interface SearchRun {
  readonly from: number;
  readonly count: number;
  readonly candidates: number;
}

/** Times of searches with questions nobody asked before, one after the other. */
export async function searchTimes(
  store: MemoryStore,
  memory: SyntheticMemory,
  run: SearchRun,
): Promise<number[]> {
  const ms: number[] = [];
  for (let number = run.from; number < run.from + run.count; number++) {
    const question = memory.question(number, SLOT, run.candidates);
    ms.push(await timed(() => store.search(OWNER, question, never)));
  }
  return ms;
}

/** Share of the truly nearest items that a search by vector alone finds among its best. */
export async function recallAt(
  store: MemoryStore,
  memory: SyntheticMemory,
  { k, items, questions }: { readonly k: number; readonly items: number; readonly questions: number },
): Promise<number> {
  const vectors = Array.from({ length: items }, (_, number) => memory.vector(number));
  const ids = vectors.map((_, number) => memory.item(number).id);
  let hits = 0;
  for (let number = 0; number < questions; number++) {
    const question = { ...memory.question(50_000 + number, SLOT, k), terms: [] };
    const query = question.vectors[0]?.vector ?? new Float32Array(0);
    const cosines = vectors.map((vector) =>
      vector.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0),
    );
    const order = Array.from(cosines.keys()).sort((a, b) => (cosines[b] ?? 0) - (cosines[a] ?? 0));
    const nearest = new Set(order.slice(0, k).map((place) => ids[place]));
    const found = await store.search(OWNER, question, never);
    hits += found.filter(({ id }) => nearest.has(id)).length;
  }
  return hits / (k * questions);
}
