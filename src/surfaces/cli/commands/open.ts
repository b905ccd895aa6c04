import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { citationId } from '../last-answer.ts';
import { saveFile } from '../save-file.ts';
import { citationLines } from '../views/citation-view.ts';

async function open(cli: Cli, citation: string, options: { original?: string }): Promise<void> {
  const id = await citationId(citation, cli.host.dataFolder);
  await connected(cli, async ({ client }) => {
    const view = await client.call('openCitation', { params: { id } }, cli.signal);
    if (options.original === undefined) {
      cli.show(view, citationLines);
      return;
    }
    const { documentId, name } = view.place;
    if (documentId === undefined) {
      throw new AppError('unsupported', `The passage is from the conversation ‘${name}’, which has no file.`);
    }
    await saveFile(cli, options.original, await client.original(documentId, cli.signal));
    if (options.original !== '-') {
      cli.show({ documentId, file: options.original }, () => [`${name} is saved as ${options.original}.`]);
    }
  });
}

/** `jiwa open`: a citation at its place. */
export function addOpen(program: Command, cli: Cli): void {
  addCommand(program, cli, 'open <citation>', {
    summary: 'Open a citation at its place',
    about: 'A citation is a whole id, or a number of the last answer or recall.',
    examples: ['open 1', 'open 0198c1de-7a40-5c1e-9d0b-6a1f2b3c4d5e', 'open 1 --original lease.pdf'],
  })
    .option('--original <file>', 'save the whole document as this file instead (- for the standard output)')
    .action(async (citation: string, options: { original?: string }) => open(cli, citation, options));
}
