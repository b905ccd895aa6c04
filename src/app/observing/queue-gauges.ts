import { QUEUES } from '../../operations/queues.ts';
import type { Ledger, Reads } from '../../ports/ledger.ts';
import type { Gauge } from '../../ports/telemetry.ts';

interface Deps {
  readonly ledger: Pick<Ledger, 'systemReads'>;
  readonly now: () => number;
}

type Jobs = ReturnType<typeof jobsOf>;
const jobsOf = (reads: Reads) => reads.table('jobs');

async function statesOf(jobs: Jobs, queue: (typeof QUEUES)[number], now: number) {
  const [queued, due, running, dead] = await Promise.all([
    jobs.count({ queue, status: 'queued' }),
    jobs.count({ queue, status: 'queued', runAt: { lte: now } }),
    jobs.count({ queue, status: 'running' }),
    jobs.count({ queue, status: 'dead' }),
  ]);
  const states = { due, later: Math.max(0, queued - due), running, dead };
  return Object.entries(states).map(([state, value]) => ({ labels: { queue, state }, value }));
}

async function oldestDue(jobs: Jobs, queue: (typeof QUEUES)[number], now: number) {
  const [oldest] = await jobs.list({
    where: { queue, status: 'queued', runAt: { lte: now } },
    orderBy: [['runAt', 'asc']],
    limit: 1,
  });
  return { labels: { queue }, value: oldest === undefined ? 0 : (now - oldest.runAt) / 1_000 };
}

/** What waits, over all owners and processes: every process tells the same, so take the largest, not the sum. */
export function queueGauges({ ledger, now }: Deps): readonly Gauge[] {
  const each = async <T>(look: (jobs: Jobs, queue: (typeof QUEUES)[number], now: number) => Promise<T>) => {
    const jobs = jobsOf(ledger.systemReads());
    const at = now();
    return Promise.all(QUEUES.map((queue) => look(jobs, queue, at)));
  };
  return [
    {
      name: 'jiwa_jobs',
      help: 'Jobs of all processes: due now, due later, running, dead.',
      labels: ['queue', 'state'],
      read: async () => (await each(statesOf)).flat(),
    },
    {
      name: 'jiwa_oldest_due_job_seconds',
      help: 'How long the oldest job that is due has waited.',
      labels: ['queue'],
      read: () => each(oldestDue),
    },
  ];
}
