import type { JobRow, QueueName } from '../../ports/ledger-rows.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { SystemTx } from '../../ports/ledger.ts';

type Tables = Pick<SystemTx, 'table' | 'now'>;
export type Claim = Parameters<SystemTx['claimJob']>[0];

const ORDER = [
  ['priority', 'asc'],
  ['runAt', 'asc'],
  ['id', 'asc'],
] as const;

/**
 * The end of a process (a kill, a power cut) is rarely the fault of its jobs, so an attempt it cut off does not count. A
 * job that ends its process every time must not do so for ever: after this many in a row without progress they do.
 */
const MOST_INTERRUPTIONS = 100;

/**
 * Takes the job that is named, else the next one of the queues; see `SystemTx.claimJob`. Each queue is asked for its own
 * best job, so the index serves the order however many jobs wait.
 */
export async function claimJob(tx: Tables, claim: Claim): Promise<JobRow | undefined> {
  for (;;) {
    const queues = await openQueues(tx, claim.queues);
    const found = await (claim.job === undefined ? best(tx, queues) : named(tx, queues, claim.job));
    if (!found) return undefined;
    const row = { ownerId: found.ownerId, id: found.id };
    if (found.attempt > found.maxAttempts) {
      await tx.table('jobs').update(row, buried(tx.now));
      continue;
    }
    const interrupted = found.status === 'running';
    const spared = interrupted && found.interruptions < MOST_INTERRUPTIONS;
    const taken = {
      status: 'running',
      attempt: found.attempt + 1,
      maxAttempts: found.maxAttempts + (spared ? 1 : 0),
      interruptions: found.interruptions + (interrupted ? 1 : 0),
      worker: claim.worker,
      leaseUntil: tx.now + claim.leaseMs,
      startedAt: found.startedAt ?? tx.now,
    } as const;
    await tx.table('jobs').update(row, taken);
    return { ...found, ...taken };
  }
}

/** When a job of these queues becomes due or loses its lease; paused queues have none. */
export async function nextDueAt(tx: Tables, queues: readonly QueueName[]): Promise<number | undefined> {
  const open = await openQueues(tx, queues);
  const first = await Promise.all(
    open.flatMap((queue) => [
      jobs(tx, { queue, status: 'queued' }, [['runAt', 'asc']]),
      jobs(tx, { queue, status: 'running' }, [['leaseUntil', 'asc']]),
    ]),
  );
  const times = first
    .flat()
    .flatMap(({ status, runAt, leaseUntil }) => (status === 'queued' ? runAt : (leaseUntil ?? [])));
  return times.length === 0 ? undefined : Math.min(...times);
}

async function openQueues(tx: Tables, queues: readonly QueueName[]): Promise<QueueName[]> {
  const paused = await tx.table('queues').list({ where: { ownerId: SYSTEM_OWNER, paused: 1 } });
  return queues.filter((name) => !paused.some((row) => row.name === name));
}

/** The job with this key, if it may be handed out now. */
async function named(
  tx: Tables,
  queues: readonly QueueName[],
  { ownerId, id }: NonNullable<Claim['job']>,
): Promise<JobRow | undefined> {
  const row = await tx.table('jobs').get({ ownerId, id });
  if (row === undefined || !queues.includes(row.queue)) return undefined;
  const dueAt = row.status === 'queued' ? row.runAt : row.status === 'running' ? row.leaseUntil : null;
  return dueAt !== null && dueAt <= tx.now ? row : undefined;
}

async function best(tx: Tables, queues: readonly QueueName[]): Promise<JobRow | undefined> {
  const first = await Promise.all(
    queues.flatMap((queue) => [
      jobs(tx, { queue, status: 'queued', runAt: { lte: tx.now } }, ORDER),
      jobs(tx, { queue, status: 'running', leaseUntil: { lte: tx.now } }, ORDER),
    ]),
  );
  return first
    .flat()
    .sort((a, b) => a.priority - b.priority || a.runAt - b.runAt || (a.id < b.id ? -1 : 1))[0];
}

type JobList = NonNullable<Parameters<ReturnType<typeof jobTable>['list']>[0]>;
const jobTable = (tx: Tables) => tx.table('jobs');

function jobs(tx: Tables, where: JobList['where'] & object, orderBy: JobList['orderBy'] & object) {
  return jobTable(tx).list({ where, orderBy, limit: 1 });
}

/** The process ended in every attempt, and again while the job was being settled. */
function buried(now: number) {
  return {
    status: 'dead',
    leaseUntil: null,
    completedAt: now,
    errorCode: 'internal',
    error: 'Jiwa ended in every attempt at this job.',
  } as const;
}
