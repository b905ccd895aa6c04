import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingList } from '../../src/app/closing.ts';
import { openEmbedders, type Embedders } from '../../src/app/embedders.ts';
import { memoryJobs } from '../../src/app/jobs.ts';
import { openServices, type Services } from '../../src/app/services.ts';
import { readConfig } from '../../src/config.ts';
import { silentLog, type Ctx } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import type { JobRun } from '../../src/ports/job-queue.ts';

/** One owner in the product as it is shipped, over a folder of its own that goes when it is closed. */
export interface BenchOwner {
  readonly services: Services;
  readonly embedders: Embedders;
  /** Context of the owner; `now` says when it is, the clock of the machine when left out. */
  ctx(now?: number): Ctx;
  /** Runs a job of the product to its end, here and now. */
  run(kind: string, payload: unknown): Promise<unknown>;
  close(): Promise<void>;
}

const JOB: JobRun = { id: newId(), attempt: 1, lastAttempt: true, progress() {}, note() {} };

export interface BenchOwnerOptions {
  /** Variables that name other stores than the embedded ones. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Ids of items follow from it: the same owner in two set-ups has the same items. */
  readonly ownerId?: string;
  /** Kept when it is closed, unlike the one that is made when it is left out. */
  readonly folder?: string;
}

/** Opens stores, threads and the bundled embedder with default settings; no server, no background work. */
export async function openBenchOwner({
  environment = {},
  ownerId = newId(),
  folder: kept,
}: BenchOwnerOptions = {}): Promise<BenchOwner> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'jiwa-bench-')));
  const closing = closingList(silentLog);
  const signal = new AbortController().signal;
  const ctx = (now?: number): Ctx => ({
    ownerId,
    signal,
    now: now === undefined ? Date.now : () => now,
    newId,
    log: silentLog,
  });
  if (kept === undefined) closing.add({ close: () => rm(folder, { recursive: true, force: true }) });
  try {
    const services = await openServices(readConfig(environment, folder), silentLog, closing);
    const embedders = closing.add(await openEmbedders(ctx(), services));
    const definitions = memoryJobs(services, embedders);
    return {
      services,
      embedders,
      ctx,
      async run(kind, payload) {
        const definition = definitions.find((one) => one.kind === kind);
        if (definition === undefined) throw new AppError('internal', `Expected a job called ${kind}.`);
        return definition.run(payload, JOB, ctx());
      },
      close: () => closing.all(),
    };
  } catch (error) {
    await closing.all();
    throw error;
  }
}
