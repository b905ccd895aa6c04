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
  itemBatches,
  perSecond,
  recallAt,
  rounded,
  searchTimes,
  timed,
  timesOf,
  vectorBatches,
  writeAll,
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

/** Import with the index warm. */
async function write(folder: string) {
  const store = await open(folder);
  await writeAll(itemBatches(store, memory, { from: 0, to: 1 }));
  await searchTimes(store, memory, { from: 0, count: 1, candidates: CANDIDATES });
  const itemsMs = await writeAll(itemBatches(store, memory, { from: 0, to: items }));
  const vectorsMs = await writeAll(vectorBatches(store, memory, { from: 0, to: items }));
  const closeMs = rounded(await timed(() => store.close()));
  return {
    itemsPerSecond: perSecond(items, itemsMs),
    vectorsPerSecond: perSecond(items, vectorsMs),
    closeMs,
  };
}

/** A fresh process on the file: the first search, warm ones, and ones beside an import. */
async function read(folder: string) {
  const opened = performance.now();
  const store = await open(folder);
  const openMs = rounded(performance.now() - opened);
  const first = memory.question(0, SLOT, CANDIDATES);
  const firstSearchMs = rounded(await timed(() => store.search(OWNER, first, never)));
  await searchTimes(store, memory, { from: 1, count: 50, candidates: CANDIDATES });
  const search = timesOf(
    await searchTimes(store, memory, { from: 100, count: SEARCHES, candidates: CANDIDATES }),
  );
  const more = { from: items, to: items + Math.round(items / 5) };
  const batches = [...itemBatches(store, memory, more)];
  const importing = new AbortController();
  const added = writeAll(batches).finally(() => importing.abort());
  const ms: number[] = [];
  for (let from = 10_000; !importing.signal.aborted; from++) {
    ms.push(...(await searchTimes(store, memory, { from, count: 1, candidates: CANDIDATES })));
  }
  const itemsPerSecond = perSecond(more.to - more.from, await added);
  const besideImport = { ...timesOf(ms), searches: ms.length, itemsPerSecond };
  await store.close();
  return { openMs, firstSearchMs, search, besideImport };
}

/** First search of a process that finds no snapshot, as after a kill or a removal. */
async function cold(folder: string) {
  await rm(join(folder, 'memory.sqlite-indexes'), { recursive: true });
  const store = await open(folder);
  const first = memory.question(0, SLOT, CANDIDATES);
  const firstSearchWithoutSnapshotMs = rounded(await timed(() => store.search(OWNER, first, never)));
  await store.close();
  return { firstSearchWithoutSnapshotMs };
}

/** Memory of the whole process, which holds nothing else. */
async function footprint(folder: string) {
  const bare = megabytes();
  const store = await open(folder);
  const opened = megabytes();
  await searchTimes(store, memory, { from: 0, count: 100, candidates: CANDIDATES });
  const loaded = megabytes();
  const { bytes } = await store.evictIndexes(Infinity);
  await store.evictIndexes(0);
  const evicted = megabytes();
  await store.close();
  return { rssMB: { bare, opened, loaded, evicted }, indexMB: Math.round(bytes / 1e6) };
}

async function quality(folder: string) {
  const count = Number(values.recall);
  const store = await open(folder);
  await writeAll(itemBatches(store, memory, { from: 0, to: count }));
  await writeAll(vectorBatches(store, memory, { from: 0, to: count }));
  const at10 = await recallAt(store, memory, { k: 10, items: count, questions: 100 });
  const at400 = await recallAt(store, memory, { k: 400, items: count, questions: 20 });
  await store.close();
  return { vectorRecall: { items: count, at10, at400 } };
}

const phases: Record<string, (folder: string) => Promise<object>> = { write, footprint, read, cold, quality };

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
  const [folder = '', other = ''] = await Promise.all(
    [1, 2].map(() => mkdtemp(join(tmpdir(), 'jiwa-bench-'))),
  );
  try {
    let figures: object = { items };
    for (const phase of ['write', 'footprint', 'read', 'cold']) {
      figures = { ...figures, ...(await inProcess(phase, folder)) };
    }
    return { ...figures, ...(await inProcess('quality', other)) };
  } finally {
    await Promise.all([folder, other].map((path) => rm(path, { recursive: true, force: true })));
  }
}

const phase = values.phase && phases[values.phase];
if (phase) process.send?.(await phase(values.folder ?? ''));
else console.log(JSON.stringify(await runAll(), null, 2));
