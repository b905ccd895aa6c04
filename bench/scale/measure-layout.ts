import { derivedId } from '../../src/core/ids.ts';
import { perSecond } from '../memory-store/measure.ts';
import type { Asked, AskedAtOnce, Latency } from './ask.ts';
import { nearestItems } from './exact-search.ts';
import type { Filled } from './fill.ts';
import { runPhase } from './phases.ts';
import { scaleVectors } from './scale-vectors.ts';
import type { ServerMemory } from './server-process.ts';
import type { StoreAtTest } from './stores.ts';

/** How the items are spread over owners; each stop is asked when every owner has so many. */
export interface Layout {
  readonly owners: number;
  readonly stops: readonly number[];
}

/** What is seen of a store from outside. */
interface Seen {
  readonly server: ServerMemory | undefined;
  readonly openFiles: number | undefined;
  readonly diskBytes: number | undefined;
}

/** What an owner with so many items costs, and their recall; one client. */
export interface Stop {
  readonly itemsEach: number;
  readonly recall: Latency;
  readonly search: Latency;
  readonly recallAt10: number;
  /** With the owners at work: of the server itself, else of Jiwa's process; `undefined` where it cannot be seen. */
  readonly memoryMb: number | undefined;
  readonly diskBytes: number | undefined;
}

/** Everything that was measured of one layout in one store. */
export interface LayoutFigures extends Pick<StoreAtTest, 'inProcess'> {
  readonly owners: number;
  readonly items: number;
  readonly itemsPerSecond: number;
  readonly vectorsPerSecond: number;
  readonly textBytesPerItem: number;
  readonly termBytesPerItem: number;
  /** First search of an owner at rest. */
  readonly first: Latency;
  readonly atOnce: readonly AskedAtOnce[];
  readonly recallAt10: number;
  readonly stops: readonly Stop[];
  /** Of Jiwa's own process, in MB. */
  readonly jiwa: Pick<Asked, 'openedMb' | 'loadedMb'>;
  readonly before: Seen;
  readonly filled: Seen;
  /** All owners put to rest. */
  readonly resting: Seen;
  /** All owners at work. */
  readonly asked: Seen;
}

export interface Measuring {
  readonly centres: readonly Float32Array[];
  readonly clients: readonly number[];
  readonly questions: number;
  readonly note: (text: string) => void;
}

const NEAREST = 10;
/** Questions whose truly nearest items are looked for one by one. */
const EXACT_QUESTIONS = 200;

async function see(store: StoreAtTest): Promise<Seen> {
  // The memory first: waiting for it lets the store finish what it does behind.
  const server = await store.serverMemory();
  return { server, openFiles: await store.openFiles(), diskBytes: await store.diskBytes() };
}

/** The same owners in every run and store, so that ids are the same. */
const ownersOf = ({ owners }: Layout) =>
  Array.from({ length: owners }, (_, number) => derivedId('scale', 'owner', number));

const NOTHING: Filled = { items: 0, itemsMs: 0, vectorsMs: 0, textBytes: 0, termBytes: 0 };

function added(a: Filled, b: Filled): Filled {
  return {
    items: a.items + b.items,
    itemsMs: a.itemsMs + b.itemsMs,
    vectorsMs: a.vectorsMs + b.vectorsMs,
    textBytes: a.textBytes + b.textBytes,
    termBytes: a.termBytes + b.termBytes,
  };
}

function stopOf(itemsEach: number, asked: Asked, inProcess: boolean, { server, diskBytes }: Seen): Stop {
  const { atOnce, recallAt10, loadedMb } = asked;
  const [{ recall, search }] = atOnce as readonly [AskedAtOnce];
  const memoryMb = inProcess ? loadedMb : server?.ownMb;
  return { itemsEach, recall, search, recallAt10, memoryMb, diskBytes };
}

/** Fills a new store stop by stop and asks it at each of them; at the last one with every number of clients. */
export async function measureLayout(
  layout: Layout,
  store: StoreAtTest,
  { centres, clients, questions, note }: Measuring,
): Promise<LayoutFigures> {
  const { setUp } = store;
  const owners = ownersOf(layout);
  const vectors = scaleVectors(centres);
  const before = await see(store);
  let written = NOTHING;
  let from = 0;
  const stops: Stop[] = [];
  const asked: Asked[] = [];
  let [filled, resting, working] = [before, before, before];
  for (const itemsEach of layout.stops) {
    note(`${owners.length} × ${itemsEach}: writing`);
    written = added(written, await runPhase('fill', { setUp, owners, from, to: itemsEach, centres }));
    from = itemsEach;
    filled = await see(store);
    await store.rest(owners);
    const last = itemsEach === layout.stops.at(-1);
    if (last) resting = await see(store);
    note(`${owners.length} × ${itemsEach}: asking`);
    const nearest = nearestItems(vectors, { items: itemsEach, questions: EXACT_QUESTIONS, k: NEAREST });
    const atStop = { setUp, owners, itemsEach, count: questions, centres, nearest };
    const answer = await runPhase('ask', { ...atStop, clients: last ? clients : clients.slice(0, 1) });
    asked.push(answer);
    working = await see(store);
    stops.push(stopOf(itemsEach, answer, store.inProcess, working));
  }
  const final = asked.at(-1) as Asked;
  const { items } = written;
  return {
    inProcess: store.inProcess,
    owners: owners.length,
    items,
    itemsPerSecond: perSecond(items, written.itemsMs),
    vectorsPerSecond: perSecond(items, written.vectorsMs),
    textBytesPerItem: Math.round(written.textBytes / items),
    termBytesPerItem: Math.round(written.termBytes / items),
    first: final.first,
    atOnce: final.atOnce,
    recallAt10: final.recallAt10,
    stops,
    jiwa: { openedMb: final.openedMb, loadedMb: final.loadedMb },
    before,
    filled,
    resting,
    asked: working,
  };
}
