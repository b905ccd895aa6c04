import { mkdir } from 'node:fs/promises';
import { zipArchiveReader } from '../adapters/archive-reader/zip-archive-reader.ts';
import { threadCompute } from '../adapters/compute/thread-compute.ts';
import { openDataFolder } from '../adapters/connections/data-folder.ts';
import { moduleFile } from '../adapters/connections/module-file.ts';
import { childDocumentReader } from '../adapters/document-reader/child-document-reader.ts';
import type { Config } from '../config.ts';
import type { Log } from '../core/context.ts';
import { newId } from '../core/ids.ts';
import { rightOfWay } from '../core/right-of-way.ts';
import { systemTimers } from '../core/timers.ts';
import { textReader } from '../memory/texts.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import { bindModels } from './bind-models.ts';
import type { Closing } from './closing.ts';
import { observedModels } from './observing/models.ts';
import { openObserving } from './observing/telemetry.ts';
import { openQueue } from './open-queue.ts';
import { openStores } from './open-stores.ts';
import { openReadiness, storesAnswer } from './readiness.ts';
import { notedModels, openStanding } from './standing.ts';

/** Everything from outside that the rooms work with, opened. */
export type Services = Awaited<ReturnType<typeof openServices>>;

/** The entry of compute threads. */
const threadEntry = moduleFile('../thread', import.meta.url);

/** Opens folder, stores and helpers in order; each is noted for closing as soon as it is open. */
export async function openServices(config: Config, log: Log, closing: Closing) {
  const now = Date.now;
  const folder = closing.add(await openDataFolder({ path: config.dataFolder, now }));
  const observing = closing.add(await openObserving(config));
  const { telemetry } = observing;
  let queue: JobQueue | undefined;
  const timers = systemTimers;
  const stores = await openStores(
    {
      config,
      dataFolder: folder.path,
      telemetry,
      deliver: (jobs) => queue?.deliver(jobs),
      timers,
      now,
      newId,
      log,
    },
    closing,
  );
  const { ledger, memory, objects } = stores;
  await mkdir(config.modelsFolder, { recursive: true });
  const models = closing.add(
    bindModels({ config, ledger, dataFolder: folder.path, timers, now, newId, log }),
  );
  const { redis } = config;
  const dispatch = await openQueue({ redis, ledger, now, timers, log }, closing);
  ({ queue } = dispatch);
  const standing = openStanding();
  const readiness = openReadiness({ ledger, memory, objects, askQueue: dispatch.ping, standing });
  return {
    config,
    log,
    folder,
    ...stores,
    models: { ...models, of: notedModels(standing, observedModels(telemetry, models.of)) },
    standing,
    readiness,
    storesAnswer: storesAnswer(readiness),
    observing,
    queue,
    bus: dispatch.bus,
    reader: closing.add(childDocumentReader({ log })),
    compute: closing.add(threadCompute({ entry: threadEntry })),
    archives: zipArchiveReader(),
    texts: textReader(objects),
    way: rightOfWay(timers),
    timers,
    now,
    newId,
  };
}
