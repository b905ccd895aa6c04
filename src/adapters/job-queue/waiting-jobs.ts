import type { JobRow, QueueName } from '../../ports/ledger-rows.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { ListQuery, Reads } from '../../ports/ledger.ts';

type Asked = ListQuery<JobRow>;

/** What the ledger knows of queues that are not paused. */
export interface WaitingJobs {
  /** Jobs that may be handed out now, the first `limit` of each queue in the order of claims. */
  readonly due: readonly JobRow[];
  /** When the next one becomes due or loses its lease, in ms since the epoch. */
  readonly nextAt: number | undefined;
}

const BY_URGENCY = [
  ['priority', 'asc'],
  ['runAt', 'asc'],
  ['id', 'asc'],
] as const;

/** Looks without a transaction: what it gives may have been claimed since. */
export async function waitingJobs(
  reads: Reads,
  queues: readonly QueueName[],
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<WaitingJobs> {
  const jobs = reads.table('jobs');
  const paused = await reads.table('queues').list({ where: { ownerId: SYSTEM_OWNER, paused: 1 } });
  const open = queues.filter((name) => !paused.some((row) => row.name === name));
  const ofEach = async (query: (queue: QueueName) => Asked) =>
    (await Promise.all(open.map((queue) => jobs.list(query(queue))))).flat();
  const [queued, lost, later, held] = await Promise.all([
    ofEach((queue) => ({
      where: { queue, status: 'queued', runAt: { lte: now } },
      orderBy: BY_URGENCY,
      limit,
    })),
    ofEach((queue) => ({
      where: { queue, status: 'running', leaseUntil: { lte: now } },
      orderBy: BY_URGENCY,
      limit,
    })),
    ofEach((queue) => ({
      where: { queue, status: 'queued', runAt: { gt: now } },
      orderBy: [['runAt', 'asc']],
      limit: 1,
    })),
    ofEach((queue) => ({
      where: { queue, status: 'running', leaseUntil: { gt: now } },
      orderBy: [['leaseUntil', 'asc']],
      limit: 1,
    })),
  ]);
  const times = [...later.map(({ runAt }) => runAt), ...held.flatMap(({ leaseUntil }) => leaseUntil ?? [])];
  return { due: [...queued, ...lost], nextAt: times.length === 0 ? undefined : Math.min(...times) };
}

const PAGE = 1_000;

/** Every job of a queue that waits for a worker, due or not and paused or not, in pages. */
export async function* allWaiting(reads: Reads, queue: QueueName, now: number): AsyncIterable<JobRow[]> {
  const states = [
    { queue, status: 'queued' },
    { queue, status: 'running', leaseUntil: { lte: now } },
  ] as const;
  for (const state of states) {
    for (let after = ''; ;) {
      const where = { ...state, id: { gt: after } };
      const page = await reads.table('jobs').list({ where, orderBy: [['id', 'asc']], limit: PAGE });
      const last = page.at(-1);
      if (last === undefined) break;
      yield page;
      after = last.id;
    }
  }
}
