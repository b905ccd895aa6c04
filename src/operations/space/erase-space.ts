import { z } from 'zod';
import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { ObjectKey } from '../../core/object-keys.ts';
import type { Timers } from '../../core/timers.ts';
import type { GraphStore } from '../../ports/graph-store.ts';
import type { JobDefinition, JobRun } from '../../ports/job-queue.ts';
import type { Ledger, OwnerTx } from '../../ports/ledger.ts';
import type { MemoryStore } from '../../ports/memory-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { ItemKind } from '../../wire/recall.ts';
import type { JobStarted } from '../../wire/system.ts';
import { SPACE_TABLES, TABLE_NAMES } from './space-tables.ts';

/** How many of each kind went. */
export type Erased = Readonly<Record<string, number>>;

export interface EraseDeps {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly memory: MemoryStore;
  readonly graph: GraphStore;
  readonly timers: Timers;
  /** Takes everybody but one out of the space, with all its keys and invitations; says how many members went. */
  readonly leaveAlone: (ownerId: string, userId: string) => Promise<number>;
  /** Writes into the audit log what went. */
  readonly recorded: (access: { ownerId: string; userId: string }, counts: Erased) => Promise<void>;
}

const KIND = 'erase-space';
const ALL = '' as ObjectKey;
const LOOK_MS = 200;
/** Longer than a job that was told to stop may take. */
const PATIENCE_MS = 60_000;
/** How settings begin that say which embedder fills the slots that are kept. */
export const EMBEDDER_SETTING = 'embedder:';

/** Begins the erasure of a space, once its name was given. Errors: `invalid-input` (another name). */
export async function askErasure(
  { name, userId }: { readonly name: string; readonly userId: string },
  { ledger }: Pick<EraseDeps, 'ledger'>,
  { ownerId }: Ctx,
): Promise<JobStarted> {
  return ledger.forOwner(ownerId, async (tx) => {
    const space = await tx.table('spaces').get({});
    if (space?.name !== name) {
      throw new AppError(
        'invalid-input',
        `Expected the name of this space as a confirmation, got ‘${name}’.`,
      );
    }
    const job = { kind: KIND, queue: 'light' as const, payload: { userId }, dedupKey: KIND, priority: 0 };
    return { jobId: await tx.enqueue(job) };
  });
}

type Stores = Pick<EraseDeps, 'ledger' | 'objects' | 'memory' | 'graph'>;

/** For which job a space is erased, and what becomes of the tombstones of what was forgotten one by one. */
interface Erasing {
  readonly jobId: string;
  readonly tombstones: 'go' | 'stay';
}

/** What waits is dropped and what runs is told to stop, so that nothing writes behind the erasure's back. */
async function stopJobs(
  jobId: string,
  { ledger, timers }: Pick<EraseDeps, 'ledger' | 'timers'>,
  ctx: Ctx,
): Promise<void> {
  const others = { id: { not: jobId } };
  const running = (tx: OwnerTx) => tx.table('jobs').count({ ...others, status: 'running' });
  const until = ctx.now() + PATIENCE_MS;
  await ledger.forOwner(ctx.ownerId, async (tx) => {
    await tx.table('jobs').remove({ ...others, status: 'queued' });
    await tx.table('jobs').update({ ...others, status: 'running' }, { cancelRequested: 1 });
  });
  while ((await ledger.forOwner(ctx.ownerId, running)) > 0) {
    ctx.signal.throwIfAborted();
    if (ctx.now() > until) throw new AppError('timeout', 'Running jobs did not stop within a minute.');
    await new Promise<void>((resolve) => void timers.after(LOOK_MS, resolve));
  }
}

/** One stands for all: what was in hand or in memory meanwhile hears that something was forgotten, and is not kept. */
async function leaveTombstone(tx: OwnerTx, ownerId: string, others: Erasing['tombstones']): Promise<number> {
  const removed = others === 'stay' ? 0 : await tx.table('tombstones').remove({ sourceId: { not: ownerId } });
  const stone = { kind: 'session', sourceId: ownerId, createdAt: tx.now, report: '{}' } as const;
  await tx.table('tombstones').upsert(stone);
  return removed;
}

async function eraseRows(
  { jobId, tombstones }: Erasing,
  { ledger }: Stores,
  ctx: Ctx,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of TABLE_NAMES) {
    if (!SPACE_TABLES[name].erased) continue;
    counts[name] = await ledger.forOwner(ctx.ownerId, async (tx) => {
      if (name === 'jobs') return tx.table('jobs').remove({ id: { not: jobId } });
      if (name === 'tombstones') return leaveTombstone(tx, ctx.ownerId, tombstones);
      if (name === 'jobLogs') return tx.table('jobLogs').remove({ jobId: { not: jobId } });
      // What runs still has to be settled, or its reservation would stay in the sums.
      if (name === 'usage') return tx.table('usage').remove({ outcome: { not: 'running' } });
      if (name !== 'settings') return tx.table(name).remove({});
      const rows = await tx.table('settings').list();
      const keys = rows.map(({ key }) => key).filter((key) => !key.startsWith(EMBEDDER_SETTING));
      return tx.table('settings').remove({ key: { in: keys } });
    });
  }
  return counts;
}

async function eraseItems({ memory }: Stores, ctx: Ctx): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of ItemKind.options) {
    const count = await memory.count(ctx.ownerId, { kinds: [kind] }, ctx.signal);
    if (count > 0) counts[`${kind} items`] = count;
  }
  await memory.removeOwner(ctx.ownerId, ctx.signal);
  return counts;
}

async function eraseGraph({ graph }: Stores, ctx: Ctx): Promise<Erased> {
  const counts = await graph.count(ctx.ownerId, ctx.signal);
  await graph.removeOwner(ctx.ownerId, ctx.signal);
  return { ...counts };
}

async function* erased(erasing: Erasing, deps: Stores, ctx: Ctx): AsyncGenerator<Erased, void, void> {
  yield await eraseRows(erasing, deps, ctx);
  yield await eraseItems(deps, ctx);
  yield await eraseGraph(deps, ctx);
  yield { objects: await deps.objects.removeAll(ctx.ownerId, ALL, ctx.signal) };
}

/**
 * Ends the other jobs of a space and empties it for what the job brings; members, keys, the audit log and the tombstones
 * stay.
 */
export async function emptySpace(
  jobId: string,
  deps: Stores & Pick<EraseDeps, 'timers'>,
  ctx: Ctx,
): Promise<void> {
  await stopJobs(jobId, deps, ctx);
  await Array.fromAsync(erased({ jobId, tombstones: 'stay' }, deps, ctx));
}

async function erase(userId: string, job: JobRun, deps: EraseDeps, ctx: Ctx): Promise<{ removed: Erased }> {
  const steps = 5;
  const removed: Record<string, number> = {};
  const add = (counts: Erased) => {
    for (const [what, count] of Object.entries(counts)) {
      if (count > 0) removed[what] = (removed[what] ?? 0) + count;
    }
  };
  job.progress(0, steps, 'members');
  add({ members: await deps.leaveAlone(ctx.ownerId, userId) });
  job.progress(1, steps, 'jobs');
  await stopJobs(job.id, deps, ctx);
  // Twice: a request that was under way when the first round began may still have written.
  for (const round of [0, 1]) {
    job.progress(2 + round, steps, 'rows, items and objects');
    for await (const counts of erased({ jobId: job.id, tombstones: 'go' }, deps, ctx)) add(counts);
  }
  job.progress(4, steps, 'audit log');
  await deps.recorded({ ownerId: ctx.ownerId, userId }, removed);
  job.progress(steps, steps);
  return { removed };
}

const Payload = z.strictObject({ userId: z.string() });

/**
 * Job that erases all that a space remembers: every item with words and vectors, the graph, every object, every row, and all members
 * but who asked. What stays: the name, that member, the audit log (ids and counts), which embedder serves, and what
 * models cost by month, so that no budget begins anew. Its result says what was removed. Can run twice.
 */
export function eraseSpaceJob(deps: EraseDeps): JobDefinition<z.infer<typeof Payload>> {
  return {
    kind: KIND,
    queue: 'light',
    payload: Payload,
    timeLimitMs: 6 * 60 * 60_000,
    run: ({ userId }, job, ctx) => erase(userId, job, deps, ctx),
  };
}
