import { once } from 'node:events';
import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { addCommand, wholeNumber } from '../command.ts';
import type { Cli } from '../cli.ts';
import type { RunningApp } from '../host.ts';
import { pageLink } from '../page-link.ts';
import { pairs } from '../table.ts';

const LINK_LIMIT_MS = 2_000;

/** A link is a secret: for the eyes at a terminal, not for a log. */
async function linkToShow(cli: Cli, app: RunningApp): Promise<string | undefined> {
  if (!cli.host.stdout.isTTY || cli.json) return undefined;
  try {
    return (await pageLink(cli, app, AbortSignal.timeout(LINK_LIMIT_MS))).link;
  } catch {
    return undefined; // Jiwa serves all the same; `jiwa page` makes another, or says what is wrong
  }
}

async function start(cli: Cli, port: number): Promise<void> {
  const { host } = cli;
  const running = await host.findServer();
  if (running !== undefined) {
    throw new AppError(
      'conflict',
      `Jiwa runs already at ${running.url} (process ${running.pid}). Stop it with: jiwa stop`,
    );
  }
  const app = await host.openApp({ port, quiet: false });
  try {
    const where = { url: app.url, pid: app.pid, dataFolder: host.dataFolder, tokenFile: host.tokenFile };
    const link = await linkToShow(cli, app);
    cli.show(where, (_, look) => [
      `Jiwa ${host.version} serves at ${look.style('bold', app.url)}`,
      ...pairs(
        [
          ['data', host.dataFolder],
          ['token', `in ${host.tokenFile}`],
          ['page', link && `${link} (for one use, within five minutes)`],
          ['next', 'in another terminal: jiwa ingest <folder>, then jiwa ask "…"'],
          ['stop', 'Ctrl-C, or jiwa stop'],
        ],
        look,
      ),
    ]);
    if (!cli.signal.aborted) await once(cli.signal, 'abort');
    cli.note('Stopping …');
  } finally {
    await app.close();
  }
  cli.note('Stopped.');
}

/** `jiwa start`: serves until it is told to stop. */
export function addStart(program: Command, cli: Cli): void {
  addCommand(program, cli, 'start', {
    summary: 'Start the server and keep it running',
    examples: ['start', 'start --port 7070 --data ~/jiwa'],
  })
    .option('--port <number>', `port to serve on (default: ${cli.host.port})`, wholeNumber(0, 65_535))
    .action(async ({ port }: { port?: number }) => start(cli, port ?? cli.host.port));
}
