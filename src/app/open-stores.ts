import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Log } from '../core/context.ts';
import type { Timers } from '../core/timers.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Closing } from './closing.ts';
import { followers } from './followers.ts';
import { observedLedger, observedStore } from './observing/stores.ts';
import type { Observing } from './observing/telemetry.ts';
import { openGraph } from './open-graph.ts';
import { openLedger } from './open-ledger.ts';
import { openMemory } from './open-memory.ts';
import { openObjects } from './open-objects.ts';
import { openProcesses, processName } from './open-processes.ts';
import { openWeaviate } from './open-weaviate.ts';

export interface OpenStoresOptions extends Pick<Observing, 'telemetry'> {
  readonly config: Config;
  readonly dataFolder: string;
  /** Told of jobs that were committed. */
  readonly deliver: JobQueue['deliver'];
  readonly timers: Timers;
  readonly now: () => number;
  readonly newId: () => string;
  readonly log: Log;
}

/** Opens ledger, memory, graph and objects, each observed, and enters this process among those that share them. */
export async function openStores(options: OpenStoresOptions, closing: Closing) {
  const { config, dataFolder, telemetry, deliver, timers, now, newId, log } = options;
  const process = processName(newId);
  const openedLedger = closing.add(
    await openLedger(config.database, {
      path: join(dataFolder, 'ledger.sqlite'),
      now,
      process,
      log,
      followers,
      traceContext: telemetry?.traceContext,
      onEnqueued: deliver,
    }),
  );
  const ledger = observedLedger(telemetry, openedLedger);
  const alone = config.database === undefined;
  const sharing = await openProcesses({ ledger, alone, process, dataFolder, timers, log }, closing);
  const weaviate = await openWeaviate(config, closing);
  const remembering = { config, weaviate, now, log };
  const openedMemory = closing.add(
    await openMemory({ ...remembering, path: join(dataFolder, 'memory.sqlite') }),
  );
  const openedGraph = closing.add(
    await openGraph({ ...remembering, path: join(dataFolder, 'graph.sqlite') }),
  );
  const openedObjects = closing.add(await openObjects({ config, dataFolder, now, log }));
  return {
    ledger,
    memory: observedStore(telemetry, 'memory', openedMemory),
    graph: observedStore(telemetry, 'graph', openedGraph),
    objects: observedStore(telemetry, 'objects', openedObjects),
    ...sharing,
  };
}
