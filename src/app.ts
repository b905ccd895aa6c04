import { collectGarbage } from './adapters/connections/collect-garbage.ts';
import { newSecret, tokenFile } from './adapters/connections/token-file.ts';
import { pinoLog } from './adapters/log/pino-log.ts';
import { openAnswering } from './app/answering.ts';
import { closingList, type Closing } from './app/closing.ts';
import { openEmbedders } from './app/embedders.ts';
import { bindHandlers } from './app/handlers.ts';
import { intentFinishers, jobDefinitions } from './app/jobs.ts';
import { bindOpenAi } from './app/openai.ts';
import { openPeople } from './app/people.ts';
import { openServices, type Services } from './app/services.ts';
import type { Config } from './config.ts';
import type { Access } from './core/authorized.ts';
import type { Ctx } from './core/context.ts';
import { settleStrandedDocuments } from './ingest/settle-stranded.ts';
import { fillVectorsJobOf } from './memory/fill-vectors.ts';
import { removeOldJobs } from './operations/job-retention.ts';
import { QUEUES } from './operations/queues.ts';
import { releaseJobs } from './operations/release-jobs.ts';
import { startWorkers } from './operations/run-jobs.ts';
import { startSweeper } from './operations/sweep.ts';
import { ensureOwner } from './people/first-start.ts';
import type { JobDefinition } from './ports/job-queue.ts';
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

/** Finishes what an earlier process left, before anybody is served. */
async function takeUp(services: Services, closing: Closing, ctx: Ctx): Promise<void> {
  const sweeper = startSweeper({ ...services, finishers: intentFinishers(services) });
  closing.add({ close: () => sweeper.stop() });
  await sweeper.started;
  await services.ledger.system(releaseJobs);
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

/** Filling vectors can take hours and downloading a model long, so neither holds up a document or what is short. */
function work(services: Services, definitions: readonly JobDefinition[], closing: Closing): void {
  const worker = `${process.pid}`;
  const workers = startWorkers({ ...services, definitions, worker, random: Math.random }, [
    { queues: ['ingestion'], concurrency: 2 },
    { queues: ['vectors'], concurrency: 1 },
    { queues: ['light', 'nightly', 'training'], concurrency: 2 },
  ]);
  closing.add({ close: () => workers.stop({ graceMs: GRACE_MS }) });
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
  const services = await openServices(config, log, closing);
  const { folder } = services;
  const token = tokenFile(folder.path);
  const owner: Access = await ensureOwner({
    ...services,
    newSecret,
    keptToken: () => token.read(),
    keepToken: (secret) => token.write(secret),
  });
  const ctx = contextOf(services, owner.ownerId, new AbortController().signal);
  const embedders = closing.add(await openEmbedders(ctx, services));
  const people = openPeople(services, owner.ownerId, closing);
  await takeUp(services, closing, ctx);
  const answering = openAnswering(services, embedders, closing);
  work(services, jobDefinitions(services, embedders, people, answering), closing);
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
      trustedProxies: config.trustedProxies,
      ...people,
      log,
    }),
  );
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
