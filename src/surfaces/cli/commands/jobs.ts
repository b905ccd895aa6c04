import { Argument, type Command } from 'commander';
import { JobStatus, QueueName } from '../../../wire/jobs.ts';
import type { JobView, QueueView } from '../../../wire/jobs.ts';
import { addCommand, limitOption, oneOf } from '../command.ts';
import type { Cli } from '../cli.ts';
import { type Connection, connected, finishJobs } from '../connect.ts';
import { firstItems } from '../pages.ts';
import { idsOf } from '../resolve-id.ts';
import { jobLines, jobTable, logLines, queueTable } from '../views/job-view.ts';
import { watch } from './status.ts';

interface ListOptions {
  readonly limit: number;
  readonly status?: JobView['status'];
  readonly queue?: QueueView['name'];
  readonly kind?: string;
}

async function showPage(cli: Cli, { client }: Connection, options: ListOptions): Promise<void> {
  const page = await firstItems(options.limit, (ask) => {
    const query = { ...ask, status: options.status, queue: options.queue, kind: options.kind };
    return client.call('listJobs', { query }, cli.signal);
  });
  cli.show(page, ({ items }, look) => jobTable(items, look));
}

async function withJob(
  cli: Cli,
  text: string,
  work: (c: Connection, params: { id: string }) => Promise<void>,
): Promise<void> {
  await connected(cli, async (connection) => {
    await work(connection, { id: await idsOf(cli, connection).job(text) });
  });
}

async function setQueue(
  cli: Cli,
  name: QueueView['name'],
  route: 'pauseQueue' | 'resumeQueue',
): Promise<void> {
  await connected(cli, async ({ client }) => {
    const queue = await client.call(route, { params: { name } }, cli.signal);
    cli.show(queue, () => [`The queue ${queue.name} ${queue.paused ? 'rests' : 'goes on'}.`]);
  });
}

function addQueues(jobs: Command, cli: Cli): void {
  addCommand(jobs, cli, 'queues', { summary: 'Show the queues', examples: ['jobs queues'] }).action(
    async () =>
      connected(cli, async ({ client }) =>
        cli.show(await client.call('listQueues', {}, cli.signal), ({ queues }, look) =>
          queueTable(queues, look),
        ),
      ),
  );
  addCommand(jobs, cli, 'requeue', {
    summary: 'Fill the queues from the ledger again',
    about: 'For a Redis that lost its data. Jobs that run go on, and nothing is done twice.',
    examples: ['jobs requeue'],
  }).action(async () =>
    connected(cli, async ({ client }) =>
      cli.show(await client.call('requeueJobs', {}, cli.signal), ({ queues }) =>
        queues.map(({ name: queue, jobs: count }) => `${queue}: ${count} ${count === 1 ? 'job' : 'jobs'}`),
      ),
    ),
  );
  const name = () => new Argument('<queue>', 'which queue').choices(QueueName.options);
  addCommand(jobs, cli, 'pause', { summary: 'Let a queue rest', examples: ['jobs pause ingestion'] })
    .addArgument(name())
    .action(async (queue: QueueView['name']) => setQueue(cli, queue, 'pauseQueue'));
  addCommand(jobs, cli, 'resume', { summary: 'Let a queue go on', examples: ['jobs resume ingestion'] })
    .addArgument(name())
    .action(async (queue: QueueView['name']) => setQueue(cli, queue, 'resumeQueue'));
}

function addSingle(jobs: Command, cli: Cli): void {
  addCommand(jobs, cli, 'show <id>', { summary: 'Show one job', examples: ['jobs show 51d0c3f7'] }).action(
    async (id: string) =>
      withJob(cli, id, async ({ client }, params) =>
        cli.show(await client.call('getJob', { params }, cli.signal), jobLines),
      ),
  );
  addCommand(jobs, cli, 'log <id>', {
    summary: 'Show what a job wrote',
    examples: ['jobs log 51d0c3f7'],
  }).action(async (id: string) =>
    withJob(cli, id, async ({ client }, params) =>
      cli.show(await client.call('getJobLog', { params }, cli.signal), logLines),
    ),
  );
  addCommand(jobs, cli, 'cancel <id>', { summary: 'Stop a job', examples: ['jobs cancel 51d0c3f7'] }).action(
    async (id: string) =>
      withJob(cli, id, async ({ client }, params) =>
        cli.show(await client.call('cancelJob', { params }, cli.signal), jobLines),
      ),
  );
  addCommand(jobs, cli, 'retry <id>', {
    summary: 'Run a dead or cancelled job again',
    examples: ['jobs retry 51d0c3f7'],
  }).action(async (id: string) =>
    withJob(cli, id, async (connection, params) => {
      await connection.client.call('retryJob', { params }, cli.signal);
      await finishJobs(cli, connection);
      cli.show(await connection.client.call('getJob', { params }, cli.signal), jobLines);
    }),
  );
}

function withListOptions(command: Command): Command {
  return command
    .option(...limitOption(20))
    .option(
      '--status <status>',
      `only with this status: ${JobStatus.options.join(', ')}`,
      oneOf(JobStatus.options),
    )
    .option(
      '--queue <queue>',
      `only of this queue: ${QueueName.options.join(', ')}`,
      oneOf(QueueName.options),
    )
    .option('--kind <kind>', 'only of this kind');
}

/** `jiwa jobs`: background work. */
export function addJobs(program: Command, cli: Cli): void {
  const jobs = addCommand(program, cli, 'jobs', {
    summary: 'List, show, stop and retry background work',
    about: 'An id may be given by its first digits.',
    examples: ['jobs', 'jobs list --status dead', 'jobs retry 51d0c3f7', 'jobs pause ingestion'],
  });
  withListOptions(
    addCommand(jobs, cli, 'list', {
      summary: 'List jobs, newest first',
      examples: ['jobs list --status running', 'jobs list --json'],
      isDefault: true,
    }),
  ).action(async (options: ListOptions) =>
    connected(cli, async (connection) => showPage(cli, connection, options)),
  );
  withListOptions(
    addCommand(jobs, cli, 'watch', {
      summary: 'List jobs again every second',
      examples: ['jobs watch --status running'],
    }),
  ).action(async (options: ListOptions) =>
    connected(cli, async (connection) => watch(cli, 1000, async () => showPage(cli, connection, options))),
  );
  addSingle(jobs, cli);
  addQueues(jobs, cli);
}
