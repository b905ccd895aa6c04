import type { JobLog, JobView, QueueView } from '../../../wire/jobs.ts';
import { ago, duration, moment } from '../format.ts';
import type { Look, Style } from '../look.ts';
import { oneLine } from '../plain-text.ts';
import { pairs, table } from '../table.ts';

const COLOURS: Readonly<Record<JobView['status'], Style | undefined>> = {
  queued: 'yellow',
  running: 'cyan',
  done: 'green',
  dead: 'red',
  cancelled: 'dim',
};

function progressOf({ progress }: JobView): string {
  const amount = progress.total === undefined ? '' : `${progress.done} of ${progress.total}`;
  return [amount, progress.note ?? ''].filter((part) => part !== '').join(' ');
}

/** A table of jobs. */
export function jobTable(jobs: readonly JobView[], look: Look): string[] {
  if (jobs.length === 0) return ['No jobs.'];
  return table(
    jobs,
    [
      { head: 'ID', cell: ({ id }) => look.id(id), style: () => 'dim' },
      { head: 'KIND', cell: ({ kind }) => kind },
      { head: 'STATUS', cell: ({ status }) => status, style: ({ status }) => COLOURS[status] },
      { head: 'TRY', cell: (job) => `${job.attempt}/${job.maxAttempts}`, align: 'right' },
      { head: 'PROGRESS', cell: (job) => job.error?.message ?? progressOf(job), flexible: true },
      { head: 'MADE', cell: (job) => ago(job.createdAt, look.nowMs), align: 'right' },
    ],
    look,
  );
}

function tookMs(job: JobView, nowMs: number): string | undefined {
  if (job.startedAt === undefined) return undefined;
  return duration(Math.max(0, (job.completedAt ?? nowMs) - job.startedAt));
}

/** Everything about one job. */
export function jobLines(job: JobView, look: Look): string[] {
  return pairs(
    [
      ['id', job.id],
      ['kind', job.kind],
      ['queue', job.queue],
      ['status', job.status],
      ['try', `${job.attempt} of ${job.maxAttempts}`],
      ['progress', progressOf(job) === '' ? undefined : progressOf(job)],
      ['error', job.error === undefined ? undefined : `${job.error.message} (${job.error.code})`],
      ['advice', job.status === 'dead' ? `try again: jiwa jobs retry ${job.id}` : undefined],
      ['result', job.result === undefined ? undefined : JSON.stringify(job.result)],
      ['made', moment(job.createdAt)],
      ['next try', job.status === 'queued' ? ago(job.runAt, look.nowMs) : undefined],
      ['took', tookMs(job, look.nowMs)],
    ],
    look,
  );
}

/** Lines a job wrote, with their times. */
export function logLines(log: JobLog, look: Look): string[] {
  if (log.lines.length === 0) return ['The job wrote nothing.'];
  return log.lines.map(
    ({ at, line }) => `${look.style('dim', new Date(at).toISOString())}  ${oneLine(line)}`,
  );
}

/** A table of queues. */
export function queueTable(queues: readonly QueueView[], look: Look): string[] {
  return table(
    queues,
    [
      { head: 'QUEUE', cell: ({ name }) => name },
      {
        head: 'STATE',
        cell: (q) => (q.paused ? 'paused' : 'open'),
        style: (q) => (q.paused ? 'yellow' : undefined),
      },
      { head: 'QUEUED', cell: ({ queued }) => String(queued), align: 'right' },
      { head: 'RUNNING', cell: ({ running }) => String(running), align: 'right' },
      {
        head: 'DEAD',
        cell: ({ dead }) => String(dead),
        align: 'right',
        style: (q) => (q.dead > 0 ? 'red' : undefined),
      },
    ],
    look,
  );
}
