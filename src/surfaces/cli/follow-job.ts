import { AppError, isAbort } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { JobView } from '../../wire/jobs.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { withProgress } from './progress.ts';

const LOOK_EVERY_MS = 250;

function endOf(job: JobView): JobView {
  if (job.status === 'dead') {
    const code = (job.error?.code ?? 'internal') as ErrorCode;
    throw new AppError(code, `${job.error?.message ?? 'The job failed.'} (jiwa jobs show ${job.id})`);
  }
  if (job.status === 'cancelled') throw new AppError('conflict', `The job was cancelled: ${job.id}`);
  return job;
}

/** Follows a job to its end with progress and returns it; throws what it failed with. */
export async function followJob(
  cli: Cli,
  { client, drained }: Connection,
  jobId: string,
  label: string,
): Promise<JobView> {
  try {
    return await withProgress(cli, label, async (progress) => {
      for (;;) {
        const job = await client.call('getJob', { params: { id: jobId } }, cli.signal);
        if (job.status !== 'queued' && job.status !== 'running') return endOf(job);
        progress.set(job.progress.done, job.progress.total, job.progress.note);
        await cli.pause(LOOK_EVERY_MS);
      }
    });
  } catch (error) {
    if (!isAbort(error)) throw error;
    throw new AppError(
      'aborted',
      `Stopped waiting; the job goes on ${drained === undefined ? 'in the server' : 'when Jiwa runs next'}: jiwa jobs show ${jobId}`,
    );
  }
}
