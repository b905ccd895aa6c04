/**
 * Figures of the embedded memory store alone, with made-up items:
 * `node bench/memory-store/run.ts [--items 100000] [--recall 20000]` prints one JSON object.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openSqliteMemoryStore } from '../../src/adapters/memory-store/sqlite-memory-store.ts';
import { silentLog } from '../../src/core/context.ts';
import {
  OWNER,
  SLOT,
  importItems,
  importVectors,
  recallAt,
  rounded,
  searchTimes,
  timed,
  timesOf,
} from './measure.ts';
import { syntheticMemory } from './synthetic-memory.ts';

const CANDIDATES = 400;
const SEARCHES = 400;
const never = new AbortController().signal;
const megabytes = () => Math.round(process.memoryUsage.rss() / 1e6);

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '100000' },
    recall: { type: 'string', default: '20000' },
    phase: { type: 'string' },
    folder: { type: 'string' },
  },
});
const items = Number(values.items);
const memory = syntheticMemory({ items });

const open = (folder: string) =>
  openSqliteMemoryStore({
    path: join(folder, 'memory.sqlite'),
    bm25: { k1: 1.5, b: 0.9 },
    indexBudgetBytes: 400_000_000,
    log: silentLog,
  });

/** Import with the index warm, and the quality of the vector search. */
async function write(folder: string) {
  const store = await open(folder);
  await searchTimes(store, memory, { from: 0, count: 1, candidates: CANDIDATES });
  await importItems(store, memory, 0, 1);
  await searchTimes(store, memory, { from: 0, count: 1, candidates: CANDIDATES });
  const itemsPerSecond = await importItems(store, memory, 0, items);
  const vectorsPerSecond = await importVectors(store, memory, items);
  await store.close();
  return { itemsPerSecond, vectorsPerSecond };
}

async function quality(folder: string) {
  const count = Number(values.recall);
  const store = await open(folder);
  await importItems(store, memory, 0, count);
  await importVectors(store, memory, count);
  const at10 = await recallAt(store, memory, { k: 10, items: count, questions: 100 });
  const at400 = await recallAt(store, memory, { k: 400, items: count, questions: 20 });
  await store.close();
  return { vectorRecall: { items: count, at10, at400 } };
}

/** A fresh process on the file: first search, warm searches, searches beside an import, memory. */
async function read(folder: string) {
  const rssBare = megabytes();
  const opened = performance.now();
  const store = await open(folder);
  const openMs = rounded(performance.now() - opened);
  const first = memory.question(0, SLOT, CANDIDATES);
  const firstSearchMs = rounded(await timed(() => store.search(OWNER, first, never)));
  const warmUp = { from: 1, count: 50, candidates: CANDIDATES };
  await searchTimes(store, memory, warmUp);
  const search = timesOf(await searchTimes(store, memory, { ...warmUp, from: 100, count: SEARCHES }));
  const rssLoaded = megabytes();
  const { bytes: indexBytes } = await store.evictIndexes(Infinity);
  const added = importItems(store, memory, items, Math.round(items * 1.1));
  const ms: number[] = [];
  let importing = true;
  const imported = added.finally(() => {
    importing = false;
  });
  for (let from = 10_000; importing; from++) {
    ms.push(...(await searchTimes(store, memory, { from, count: 1, candidates: CANDIDATES })));
  }
  const besideImport = { ...timesOf(ms), searches: ms.length, itemsPerSecond: await imported };
  await store.evictIndexes(0);
  const rssEvicted = megabytes();
  const reloadMs = rounded(await timed(() => store.search(OWNER, first, never)));
  await store.close();
  const rssMB = { bare: rssBare, loaded: rssLoaded, evicted: rssEvicted };
  return {
    openMs,
    firstSearchMs,
    search,
    besideImport,
    reloadMs,
    rssMB,
    indexMB: Math.round(indexBytes / 1e6),
  };
}

const phases: Record<string, (folder: string) => Promise<object>> = { write, read, quality };

/** Each phase in a process of its own, so that none finds the memory of another. */
function inProcess(phase: string, folder: string): Promise<object> {
  const options = ['--phase', phase, '--folder', folder, '--items', values.items, '--recall', values.recall];
  const child = fork(fileURLToPath(import.meta.url), options);
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as object));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The phase "${phase}" ended with ${code}.`)));
  });
}

async function runAll(): Promise<object> {
  const [folder, other] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'jiwa-bench-'))));
  try {
    const written = await inProcess('write', folder ?? '');
    const readAgain = await inProcess('read', folder ?? '');
    return { items, ...written, ...readAgain, ...(await inProcess('quality', other ?? '')) };
  } finally {
    await Promise.all([folder, other].map((path) => rm(path ?? '', { recursive: true, force: true })));
  }
}

const phase = values.phase && phases[values.phase];
if (phase) process.send?.(await phase(values.folder ?? ''));
else console.log(JSON.stringify(await runAll(), null, 2));
