import { collectGarbage } from './adapters/connections/collect-garbage.ts';
import { newSecret, tokenFile } from './adapters/connections/token-file.ts';
import { pinoLog } from './adapters/log/pino-log.ts';
import { openAnswering } from './app/answering.ts';
import { closingList, type Closing } from './app/closing.ts';
import { openEmbedders } from './app/embedders.ts';
import { fencedStores } from './app/fenced-stores.ts';
import { bindHandlers } from './app/handlers.ts';
import { intentFinishers, jobDefinitions } from './app/jobs.ts';
import { observedEmbedders } from './app/observing/embedders.ts';
import { observedRequests } from './app/observing/handlers.ts';
import { openMetricsDoor } from './app/observing/open-metrics-door.ts';
import { noticeEmbedders } from './app/notice-embedders.ts';
import { bindOpenAi } from './app/openai.ts';
import { openPeople } from './app/people.ts';
import { openServices, type Services } from './app/services.ts';
import { poolsOf, work } from './app/work.ts';
import type { Config } from './config.ts';
import type { Access } from './core/authorized.ts';
import type { Ctx } from './core/context.ts';
import { settleStrandedDocuments } from './ingest/settle-stranded.ts';
import { fillVectorsJobOf } from './memory/fill-vectors.ts';
import { removeOldJobs } from './operations/job-retention.ts';
import { QUEUES } from './operations/queues.ts';
import { releaseJobs } from './operations/release-jobs.ts';
import { startSweeper } from './operations/sweep.ts';
import { ensureOwner } from './people/first-start.ts';
import { serveHttp } from './surfaces/http/server.ts';

/** A running Jiwa. */
export interface App {
  readonly url: string;
  readonly token: string;
  /** Resolves when no job is running, and none is due but in queues that rest. */
  drained(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How long running jobs may go on when the app closes; then they go back to their queue. */
const GRACE_MS = 5_000;
/** The most that settings allow; documents and histories have their own, smaller limits. */
const MOST_UPLOAD_BYTES = 1_000_000_000_000;
const DRAIN_LOOK_MS = 100;
/** What begins so soon belongs to what was just done, as the vector of a message; what rests longer waits for the next start. */
const SOON_MS = 2_000;
const DAY_MS = 24 * 60 * 60_000;

function contextOf({ now, newId, log }: Services, ownerId: string, signal: AbortSignal): Ctx {
  return { ownerId, signal, now, newId, log };
}

/**
 * How often it is looked for what a process left that is gone: another one that shares the ledger can go any time, and who
 * sends a message again is refused until what was left of it is settled.
 */
const SWEEP_SHARED_MS = 5_000;

/** Finishes what processes left that are gone, before anybody is served and then time and again. */
async function takeUp(services: Services, closing: Closing, ctx: Ctx): Promise<void> {
  const { alone, processes, models } = services;
  const living = () => processes.living();
  const settleCalls = () => models.bookings.settleLost(living);
  const sweeper = startSweeper(
    { ...services, living, settleCalls, finishers: intentFinishers(services) },
    alone ? {} : { everyMs: SWEEP_SHARED_MS },
  );
  closing.add({ close: () => sweeper.stop() });
  await sweeper.started;
  // Jobs of other processes go on; those of one that is gone are free when their leases run out.
  if (alone) await services.ledger.system(releaseJobs);
  const spaces = await services.ledger.systemReads().table('spaces').list();
  for (const { ownerId } of spaces) await settleStrandedDocuments(services, { ...ctx, ownerId });
  keepTidy(services, closing);
  for (const { ownerId } of spaces) {
    await services.ledger.forOwner(ownerId, (tx) => tx.enqueue(fillVectorsJobOf()));
  }
}

/** Removes jobs that ended long ago, now and once a day. */
function keepTidy(services: Services, closing: Closing): void {
  const closed = new AbortController();
  let cancelTimer = () => {};
  const tidy = () => {
    removeOldJobs(services, closed.signal).catch((cause: unknown) =>
      services.log.error('tidy-failed', { cause }),
    );
    cancelTimer = services.timers.after(DAY_MS, tidy);
  };
  tidy();
  closing.add({
    async close() {
      closed.abort();
      cancelTimer();
    },
  });
}

async function drained({ ledger, now }: Services, signal: AbortSignal): Promise<void> {
  const busy = () =>
    ledger.system(async (tx) => {
      const dueAt = await tx.nextDueAt(QUEUES);
      return (
        (dueAt ?? Infinity) <= now() + SOON_MS || (await tx.table('jobs').count({ status: 'running' })) > 0
      );
    });
  while (await busy()) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
  }
}

async function open(config: Config, version: string, closing: Closing): Promise<App> {
  const log = pinoLog(config.logLevel);
  const services = fencedStores(await openServices(config, log, closing));
  const { folder } = services;
  const token = tokenFile(folder.path);
  const owner: Access = await ensureOwner({
    ...services,
    newSecret,
    keptToken: () => token.read(),
    keepToken: (secret) => token.write(secret),
  });
  const ctx = contextOf(services, owner.ownerId, new AbortController().signal);
  const { telemetry } = services.observing;
  const embedders = observedEmbedders(telemetry, closing.add(await openEmbedders(ctx, services)));
  if (!services.alone) noticeEmbedders(embedders, services, closing, ctx);
  const people = openPeople(services, owner.ownerId, closing);
  await takeUp(services, closing, ctx);
  const answering = openAnswering(services, embedders, closing);
  const definitions = jobDefinitions(services, embedders, people, answering);
  work(services, { definitions, pools: poolsOf(config.workQueues), graceMs: GRACE_MS }, closing);
  // Half of the heap is what loading the modules left behind.
  collectGarbage();
  const bound = { services, embedders, people, answering, version, startedAt: services.now() };
  const http = closing.add(
    await serveHttp({
      version,
      host: config.host,
      port: config.port,
      allowedHosts: config.allowedHosts,
      maxUploadBytes: MOST_UPLOAD_BYTES,
      handlers: bindHandlers(bound),
      openAi: bindOpenAi(bound),
      observe: observedRequests(telemetry),
      trustedProxies: config.trustedProxies,
      ...people,
      log,
    }),
  );
  await openMetricsDoor(services, closing);
  await folder.setUrl(http.url);
  log.info('started', { url: http.url, dataFolder: folder.path });
  return {
    url: http.url,
    token: (await token.read()) ?? '',
    drained: (signal) => drained(services, signal),
    close: () => closing.all(),
  };
}

/**
 * Opens Jiwa over its data folder: stores, owner, embedder, what an earlier process left, workers, and last the door. What
 * was opened is closed again when something fails. Errors: `conflict` when another process has the folder or the port.
 */
export async function openApp(config: Config, version: string): Promise<App> {
  const closing = closingList(pinoLog(config.logLevel));
  try {
    return await open(config, version, closing);
  } catch (error) {
    await closing.all();
    throw error;
  }
}
