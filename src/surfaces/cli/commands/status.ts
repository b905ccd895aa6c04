import { cursorTo, clearScreenDown } from 'node:readline';
import type { Command } from 'commander';
import { isAbort } from '../../../core/errors.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { EXIT } from '../exit-code.ts';
import { isDown, partsNow } from '../parts-now.ts';
import { partLines, statusLines } from '../views/status-view.ts';

/** Shows something again and again until it is interrupted: in place on a terminal, one after another elsewhere. */
export async function watch(cli: Cli, everyMs: number, showOnce: () => Promise<void>): Promise<void> {
  const { stdout } = cli.host;
  try {
    for (;;) {
      if (stdout.isTTY && !cli.json) {
        cursorTo(stdout, 0, 0);
        clearScreenDown(stdout);
      }
      await showOnce();
      await cli.pause(everyMs);
    }
  } catch (error) {
    // Ending a watch with Ctrl-C is how it ends.
    if (!isAbort(error)) throw error;
  }
}

async function status(cli: Cli, options: { watch?: boolean }): Promise<void> {
  const server = await cli.host.findServer();
  await connected(cli, async ({ client }) => {
    const showOnce = async () => {
      const url = server?.url ?? null;
      const parts = await partsNow({ client }, cli.signal);
      if (isDown(parts)) {
        cli.show({ url, parts }, (value, look) => partLines(value.parts, look));
        cli.finish(EXIT.failed);
        return;
      }
      const now = await client.call('status', {}, cli.signal);
      cli.show({ ...now, url, parts }, (value, look) => [
        ...statusLines(value, look, server?.url),
        ...partLines(value.parts, look),
      ]);
    };
    if (options.watch === true) await watch(cli, 1000, showOnce);
    else await showOnce();
  });
}

/** `jiwa status`: what memory holds and how far it is. */
export function addStatus(program: Command, cli: Cli): void {
  addCommand(program, cli, 'status', {
    summary: 'Show what memory holds, what runs and how far the vectors are',
    examples: ['status', 'status --watch', 'status --json'],
  })
    .option('--watch', 'show it again every second until Ctrl-C')
    .action(async (options: { watch?: boolean }) => status(cli, options));
}
