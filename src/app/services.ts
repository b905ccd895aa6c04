import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { zipArchiveReader } from '../adapters/archive-reader/zip-archive-reader.ts';
import { threadCompute } from '../adapters/compute/thread-compute.ts';
import { openDataFolder } from '../adapters/connections/data-folder.ts';
import { moduleFile } from '../adapters/connections/module-file.ts';
import { childDocumentReader } from '../adapters/document-reader/child-document-reader.ts';
import { memoryEventBus } from '../adapters/event-bus/memory-event-bus.ts';
import { ledgerJobQueue } from '../adapters/job-queue/ledger-job-queue.ts';
import { openSqliteMemoryStore } from '../adapters/memory-store/sqlite-memory-store.ts';
import type { Config } from '../config.ts';
import type { Log } from '../core/context.ts';
import { newId } from '../core/ids.ts';
import { rightOfWay } from '../core/right-of-way.ts';
import { systemTimers } from '../core/timers.ts';
import { turns } from '../core/turns.ts';
import { documentLocks } from '../ingest/document-locks.ts';
import { BM25 } from '../memory/analyser.ts';
import { textReader } from '../memory/texts.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import { bindModels } from './bind-models.ts';
import type { Closing } from './closing.ts';
import { followers } from './followers.ts';
import { openLedger } from './open-ledger.ts';
import { openObjects } from './open-objects.ts';

/** Everything from outside that the rooms work with, opened. */
export type Services = Awaited<ReturnType<typeof openServices>>;

/** The entry of compute threads. */
const threadEntry = moduleFile('../thread', import.meta.url);

/** Opens folder, stores and helpers in order; each is noted for closing as soon as it is open. */
export async function openServices(config: Config, log: Log, closing: Closing) {
  const now = Date.now;
  const folder = closing.add(await openDataFolder({ path: config.dataFolder, now }));
  const path = (name: string) => join(folder.path, name);
  let queue: JobQueue | undefined;
  const ledger = closing.add(
    await openLedger(config.database, {
      path: path('ledger.sqlite'),
      now,
      log,
      followers,
      onEnqueued: (jobs) => queue?.deliver(jobs),
    }),
  );
  const memory = closing.add(
    await openSqliteMemoryStore({
      path: path('memory.sqlite'),
      bm25: BM25,
      indexBudgetBytes: config.indexBytes,
      indexIdleMs: config.idleMs,
      log,
    }),
  );
  const objects = closing.add(await openObjects({ config, dataFolder: folder.path, now, log }));
  await mkdir(config.modelsFolder, { recursive: true });
  const models = closing.add(
    await bindModels({ config, ledger, dataFolder: folder.path, timers: systemTimers, now, newId, log }),
  );
  queue = closing.add(ledgerJobQueue({ ledger, now, timers: systemTimers }));
  return {
    config,
    log,
    folder,
    ledger,
    memory,
    objects,
    models,
    queue,
    bus: closing.add(memoryEventBus()),
    reader: closing.add(childDocumentReader({ log })),
    compute: closing.add(threadCompute({ entry: threadEntry })),
    archives: zipArchiveReader(),
    texts: textReader(objects),
    locks: documentLocks(),
    importTurns: turns(),
    way: rightOfWay(systemTimers),
    timers: systemTimers,
    now,
    newId,
  };
}
