import type { Command } from 'commander';
import { QueueName } from '../../../wire/jobs.ts';
import { serveJobs } from '../../worker/serve-jobs.ts';
import type { Cli } from '../cli.ts';
import { addCommand, oneOrMoreOf, wholeNumber } from '../command.ts';

interface WorkerOptions {
  readonly queues: readonly QueueName[];
  readonly concurrency: number;
  readonly grace: number;
}

/** `jiwa worker`: works on jobs of servers elsewhere until it is told to stop. */
export function addWorker(program: Command, cli: Cli): void {
  addCommand(program, cli, 'worker', {
    summary: 'Work on jobs beside the server, on this machine or another',
    about:
      'Needs the stores of the server (PostgreSQL, Redis, S3 and Weaviate, by the same variables) and a data folder of\n' +
      'its own. Any number of workers may run. Told to stop, it takes no more jobs and hands back those that do not end\n' +
      'in time.',
    examples: ['worker', 'worker --queues ingestion,vectors --concurrency 4', 'worker --data /tmp/worker-2'],
  })
    .option(
      '--queues <names>',
      `which queues, with commas between: ${QueueName.options.join(', ')} (default: all)`,
      oneOrMoreOf(QueueName.options),
      QueueName.options,
    )
    .option('--concurrency <number>', 'jobs that run at once', wholeNumber(1, 1_000), 2)
    .option('--grace <seconds>', 'how long running jobs may go on at the end', wholeNumber(0, 86_400), 20)
    .action(async ({ queues, concurrency, grace }: WorkerOptions) => {
      const names = [...new Set(queues)];
      await serveJobs(
        () => cli.host.openWorker({ queues: names, concurrency, graceMs: grace * 1_000 }),
        {
          started: ({ name }) =>
            cli.show({ worker: name, queues: names }, () => [`Worker ${name} works on ${names.join(', ')}.`]),
          stopping: () => cli.note('Stopping …'),
        },
        cli.signal,
      );
      cli.note('Stopped.');
    });
}
