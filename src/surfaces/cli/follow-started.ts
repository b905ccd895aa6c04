import type { Client } from '../../wire/client.ts';
import type { JobStarted } from '../../wire/system.ts';
import type { Cli } from './cli.ts';
import { connected, finishJobs } from './connect.ts';
import { followJob } from './follow-job.ts';
import { jobLines } from './views/job-view.ts';

/** Begins a job and shows how it ended, or with `wait: false` only that it has begun. */
export async function followStarted(
  cli: Cli,
  { label, wait }: { readonly label: string; readonly wait: boolean },
  begin: (client: Client) => Promise<JobStarted>,
): Promise<void> {
  await connected(cli, async (connection) => {
    const started = await begin(connection.client);
    if (!wait) {
      cli.show(started, ({ jobId }) => [`Started; see how it goes on: jiwa jobs show ${jobId}`]);
      return;
    }
    const job = await followJob(cli, connection, started.jobId, label);
    await finishJobs(cli, connection);
    cli.show(job, jobLines);
  });
}
