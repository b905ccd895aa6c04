import type { Ctx } from '../core/context.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import { type QueueName, SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { Ledger, Reads } from '../ports/ledger.ts';
import type { QueueView, Requeued } from '../wire/jobs.ts';

export interface QueuesDeps {
  readonly ledger: Ledger;
}

/** Every queue there is. */
export const QUEUES = [
  'ingestion',
  'vectors',
  'training',
  'nightly',
  'light',
] as const satisfies readonly QueueName[];

/** Every queue with what waits in it: of one space, or `all` together, which only who runs the installation may see. */
export async function listQueues(
  { all }: { readonly all: boolean },
  { ledger }: QueuesDeps,
  { ownerId }: Pick<Ctx, 'ownerId'>,
): Promise<{ queues: QueueView[] }> {
  const whose = all ? {} : { ownerId };
  const reads = ledger.systemReads();
  return { queues: await Promise.all(QUEUES.map((name) => view(reads, name, whose))) };
}

/** Starts no more jobs of the queue; those that run go on to their end. */
export async function pauseQueue({ name }: { name: QueueName }, { ledger }: QueuesDeps): Promise<QueueView> {
  return ledger.system(async (tx) => {
    await tx.table('queues').upsert({ ownerId: SYSTEM_OWNER, name, paused: 1 });
    return view(tx, name);
  });
}

/** Lets the queue's jobs start again. */
export async function resumeQueue(
  { name }: { name: QueueName },
  { ledger, queue }: QueuesDeps & { readonly queue: JobQueue },
): Promise<QueueView> {
  const { resumed, waiting } = await ledger.system(async (tx) => {
    await tx.table('queues').upsert({ ownerId: SYSTEM_OWNER, name, paused: 0 });
    const waiting = await tx
      .table('jobs')
      .list({ where: { queue: name, status: 'queued' }, orderBy: [['runAt', 'asc']], limit: 1 });
    return { resumed: await view(tx, name), waiting };
  });
  // The first that is due is enough to make the workers look.
  queue.deliver(waiting);
  return resumed;
}

/** Fills every queue from the ledger again. Throws `unavailable` when the queues cannot be reached. */
export async function requeueJobs(
  { queue }: { readonly queue: JobQueue },
  signal: AbortSignal,
): Promise<Requeued> {
  const counts = await queue.rebuild(QUEUES, signal);
  return { queues: QUEUES.map((name) => ({ name, jobs: counts.get(name) ?? 0 })) };
}

async function view(
  reads: Reads,
  name: QueueName,
  whose: { readonly ownerId?: string } = {},
): Promise<QueueView> {
  const count = (status: 'queued' | 'running' | 'dead') =>
    reads.table('jobs').count({ ...whose, queue: name, status });
  const row = await reads.table('queues').get({ ownerId: SYSTEM_OWNER, name });
  return {
    name,
    paused: row?.paused === 1,
    queued: await count('queued'),
    running: await count('running'),
    dead: await count('dead'),
  };
}
