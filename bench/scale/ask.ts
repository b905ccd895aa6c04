import { bindRecall } from '../../src/app/recall.ts';
import { mapBounded } from '../../src/core/bounded.ts';
import { EMBEDDED_KINDS } from '../../src/memory/fill-vectors.ts';
import { readQuestion } from '../../src/memory/query.ts';
import type { SearchRequest } from '../../src/ports/memory-store.ts';
import { RecallRequest } from '../../src/wire/recall.ts';
import { rounded, timed } from '../memory-store/measure.ts';
import { percentile } from '../recall/report.ts';
import { syntheticTexts } from '../speed/synthetic-text.ts';
import { type OpenedSetUp, type SetUp, withSetUp } from './open-set-up.ts';
import { scaleItemId } from './scale-items.ts';
import { scaleVectors } from './scale-vectors.ts';

export interface Asking {
  readonly setUp: SetUp;
  readonly owners: readonly string[];
  readonly itemsEach: number;
  /** Numbers of clients, each of which asks one question after another. */
  readonly clients: readonly number[];
  /** Questions for each number of clients. */
  readonly count: number;
  readonly centres: readonly Float32Array[];
  /** For each question of the vectors alone, the numbers of the items that truly are nearest. */
  readonly nearest: readonly (readonly number[])[];
}

/** Milliseconds of many calls, and what all clients together were served in a second. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly perSecond: number;
}

export interface AskedAtOnce {
  readonly clients: number;
  /** Recall as every door has it, the question's vector included. */
  readonly recall: Latency & { readonly withMeaning: number };
  /** The search of the store in it alone, with made-up vectors of questions. */
  readonly search: Latency;
}

export interface Asked {
  /** The first search of each owner, one owner after another, none of whom the store had at hand. */
  readonly first: Latency;
  readonly atOnce: readonly AskedAtOnce[];
  /** Share of the truly nearest that a search by vector alone has among its best. */
  readonly recallAt10: number;
  /** Resident memory of this process in MB: opened, and when all was asked. */
  readonly openedMb: number;
  readonly loadedMb: number;
}

/** As many as recall asks for. */
const CANDIDATES = 400;
const NEAREST = 10;
/** Questions of each part of a run are others, so nothing is found in a cache. */
const APART = 100_000;
const never = new AbortController().signal;
const megabytes = () => Math.round(process.memoryUsage.rss() / 1e6);

async function latency(
  numbers: readonly number[],
  clients: number,
  ask: (number: number) => Promise<unknown>,
): Promise<Latency> {
  const ms: number[] = [];
  const wall = await timed(() =>
    mapBounded(numbers, clients, async (number) => void ms.push(await timed(() => ask(number)))),
  );
  const at = (share: number) => rounded(percentile(ms, share));
  return {
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    perSecond: rounded((numbers.length / wall) * 1_000),
  };
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

async function askAll(opened: OpenedSetUp, asking: Asking): Promise<Asked> {
  const { services, embedders, slot, ctxOf } = opened;
  const { owners, itemsEach, count, nearest } = asking;
  const texts = await syntheticTexts();
  const vectors = scaleVectors(asking.centres);
  const openedMb = megabytes();
  const ownerOf = (number: number) => owners[number % owners.length] ?? '';
  const byVector = (number: number): SearchRequest => ({
    terms: [],
    vectors: [{ slot, vector: vectors.question(number) }],
    filter: { kinds: EMBEDDED_KINDS },
    candidates: CANDIDATES,
  });
  const wholeRequest = (number: number): SearchRequest => ({
    ...byVector(number),
    terms: readQuestion(texts.question(number, itemsEach), Date.now()).terms,
  });

  const recall = bindRecall(services, embedders);
  const search = (number: number, request: SearchRequest) =>
    services.memory.search(ownerOf(number), request, never);

  async function searching(numbers: readonly number[], clients: number): Promise<Latency> {
    const requests = new Map(numbers.map((number) => [number, wholeRequest(number)]));
    return latency(numbers, clients, (number) => search(number, requests.get(number) ?? byVector(number)));
  }
  async function recalling(numbers: readonly number[], clients: number) {
    const requests = new Map(
      numbers.map((number) => [number, RecallRequest.parse({ question: texts.question(number, itemsEach) })]),
    );
    let meaning = 0;
    const times = await latency(numbers, clients, async (number) => {
      const request = requests.get(number);
      if (request === undefined) return;
      const found = await recall(request, ctxOf(ownerOf(number)));
      if (found.meaning) meaning++;
    });
    return { ...times, withMeaning: rounded(meaning / Math.max(numbers.length, 1)) };
  }
  async function share(number: number, wanted: readonly number[]): Promise<number> {
    const ownerId = ownerOf(number);
    const found = await search(number, byVector(number));
    const best = found.toSorted((a, b) => (b.cosines[0] ?? -1) - (a.cosines[0] ?? -1)).slice(0, NEAREST);
    const ids = new Set(best.map(({ id }) => id));
    return wanted.filter((one) => ids.has(scaleItemId(ownerId, one))).length / Math.max(wanted.length, 1);
  }

  const first = await searching(range(0, owners.length), 1);
  await recalling(range(APART, Math.ceil(count / 4)), 1);
  const atOnce: AskedAtOnce[] = [];
  for (const [level, clients] of asking.clients.entries())
    atOnce.push({
      clients,
      recall: await recalling(range((2 + 2 * level) * APART, count), clients),
      search: await searching(range((3 + 2 * level) * APART, count), clients),
    });
  const shares = await mapBounded(nearest, 1, (wanted, number) => share(number, wanted));
  const loadedMb = megabytes();
  return {
    first,
    atOnce,
    recallAt10:
      Math.round((shares.reduce((sum, one) => sum + one, 0) / Math.max(shares.length, 1)) * 1e4) / 1e4,
    openedMb,
    loadedMb,
  };
}

/** Asks a filled set-up in a process that did not fill it. */
export const ask = (asking: Asking): Promise<Asked> => withSetUp(asking, (opened) => askAll(opened, asking));
