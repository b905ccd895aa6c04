import { memoryEventBus } from '../../src/adapters/event-bus/memory-event-bus.ts';
import type { Ctx } from '../../src/core/context.ts';
import { newId } from '../../src/core/ids.ts';
import { type Workers, startWorkers } from '../../src/operations/run-jobs.ts';
import type { EventBus } from '../../src/ports/event-bus.ts';
import type { JobDefinition, JobQueue, JobRun } from '../../src/ports/job-queue.ts';
import type { JobRow } from '../../src/ports/ledger-rows.ts';
import type { Ledger, NewJob } from '../../src/ports/ledger.ts';
import { z } from 'zod';
import { type FakeClock, fakeClock } from './clock.ts';
import { OWNER_A } from './ctx.ts';
import { eventually } from './eventually.ts';
import { openTestLedger } from './ledger.ts';
import { recordingLog } from './recording-log.ts';

export const LEASE_MS = 9_000;

export type Run = (payload: { n: number }, job: JobRun, ctx: Ctx) => Promise<unknown>;

/** A job of the kind `work` with the payload `{ n }`. */
export function work(run: Run, changes: Partial<JobDefinition> = {}): JobDefinition {
  return {
    kind: 'work',
    queue: 'light',
    payload: z.strictObject({ n: z.number() }),
    timeLimitMs: 60_000,
    run: (payload, job, ctx) => run(payload as { n: number }, job, ctx),
    ...changes,
  };
}

/** Work that goes on until it is aborted. */
export const untilAborted: Run = (_, __, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

/** Opens once: `open` lets those go on who wait for `opened`. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

interface WorkOptions {
  readonly concurrency?: number;
  readonly queue?: JobQueue;
  /** They do by default. */
  readonly storesAnswer?: () => Promise<boolean>;
}

/** A place where jobs run over the real ledger and a clock that only the test moves. */
export interface Workplace {
  readonly clock: FakeClock;
  readonly ledger: Ledger;
  readonly bus: EventBus;
  readonly log: ReturnType<typeof recordingLog>;
  start(definitions: readonly JobDefinition[], options?: WorkOptions): Workers;
  readonly queue: JobQueue;
  enqueue(job?: Partial<NewJob>, ownerId?: string): Promise<string>;
  rowOf(id: string): Promise<JobRow>;
  reaches(id: string, status: JobRow['status']): Promise<JobRow>;
  linesOf(id: string): Promise<string[]>;
  /** Moves time on in small steps, letting other threads answer in between, until `done`. */
  passTime(done: () => boolean | Promise<boolean>, stepMs?: number): Promise<void>;
  logged(): string[];
  close(): Promise<void>;
}

export async function openWorkplace(): Promise<Workplace> {
  const clock = fakeClock();
  const { ledger, queue } = await openTestLedger({ now: clock.now, timers: clock });
  const bus = memoryEventBus();
  const log = recordingLog();
  const started: Workers[] = [];
  const rowOf = async (id: string) => {
    const row = await ledger.system((tx) => tx.table('jobs').get({ id }));
    if (!row) throw new Error('the job is gone');
    return row;
  };
  return {
    clock,
    ledger,
    queue,
    bus,
    log,
    rowOf,
    start(definitions, options = {}) {
      const around = {
        now: clock.now,
        newId,
        random: () => 1,
        timers: clock,
        worker: 'test',
        leaseMs: LEASE_MS,
        storesAnswer: options.storesAnswer ?? (async () => true),
      };
      const deps = { ledger, queue: options.queue ?? queue, bus, definitions, log, ...around };
      const workers = startWorkers(deps, [{ queues: ['light'], concurrency: options.concurrency ?? 2 }]);
      started.push(workers);
      return workers;
    },
    enqueue: (job = {}, ownerId = OWNER_A) =>
      ledger.forOwner(ownerId, (tx) =>
        tx.enqueue({ kind: 'work', queue: 'light', payload: { n: 1 }, ...job }),
      ),
    reaches: (id, status) =>
      eventually(async () => {
        const row = await rowOf(id);
        return row.status === status && row;
      }),
    async linesOf(id) {
      const query = { where: { jobId: id }, orderBy: [['seq', 'asc']] } as const;
      return (await ledger.system((tx) => tx.table('jobLogs').list(query))).map(({ line }) => line);
    },
    async passTime(done, stepMs = 25) {
      await eventually(async () => {
        clock.advance(stepMs);
        // Time must not run ahead of what the ledger still has to write.
        await ledger.system(async () => undefined);
        return done();
      });
    },
    logged: () => log.entries.map(({ event }) => event),
    async close() {
      for (const workers of started) await workers.stop({ graceMs: 0 });
      await bus.close();
      await queue.close();
      await ledger.close();
    },
  };
}
