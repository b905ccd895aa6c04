import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import type { Cli } from '../cli.ts';
import { addCommand } from '../command.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { pageLink } from '../page-link.ts';

async function page(cli: Cli, { open = false }: { open?: boolean }): Promise<void> {
  const { host } = cli;
  const server = await host.findServer();
  if (server === undefined) {
    throw new AppError(
      'unavailable',
      'The page needs the server: start it in another terminal with: jiwa start',
    );
  }
  const made = await pageLink(cli, server, cli.signal);
  cli.show(made, (_, look) => [
    look.style('bold', made.link),
    'Opens the page signed in, once, within the next five minutes.',
  ]);
  if (open && !(await (host.openInBrowser ?? openInBrowser)(made.link)))
    cli.note('There is no desktop here to open it with; copy the link into a browser.');
}

/** `jiwa page`: a link to the built-in page that signs a browser in. */
export function addPage(program: Command, cli: Cli): void {
  addCommand(program, cli, 'page', {
    summary: 'Print a link that opens the page in a browser, signed in',
    about: 'A new link takes the place of one that was not used.',
    examples: ['page', 'page --open'],
  })
    .option('--open', 'open it in the browser of this desktop')
    .action(async (options: { open?: boolean }) => page(cli, options));
}
