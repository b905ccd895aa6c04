import type { Command } from 'commander';
import { addCommand, commaList, wholeNumber } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { EXIT } from '../exit-code.ts';
import { takeIn } from '../take-in.ts';
import { uploadLimit } from '../upload-limit.ts';
import { takeInLines } from '../views/take-in-view.ts';

interface IngestOptions {
  readonly tag?: string[];
  readonly wait: boolean;
  readonly maxMb?: number;
}

async function ingest(cli: Cli, paths: readonly string[], options: IngestOptions): Promise<void> {
  await connected(cli, async (connection) => {
    const report = await takeIn(cli, connection, {
      paths,
      tags: options.tag ?? [],
      maxBytes: options.maxMb === undefined ? await uploadLimit(cli, connection) : options.maxMb * 1e6,
      wait: options.wait,
    });
    cli.show(report, takeInLines);
    if (report.counts.failed > 0) cli.finish(EXIT.failed);
    if (!options.wait) {
      const when = connection.drained === undefined ? 'by the server' : 'when Jiwa runs next';
      cli.note(`What is new will be read ${when}; see: jiwa documents`);
    }
  });
}

/** `jiwa ingest`: files and folders into memory. */
export function addIngest(program: Command, cli: Cli): void {
  addCommand(program, cli, 'ingest <paths...>', {
    summary: 'Take in files and folders',
    about:
      'Folders are read with everything below them; hidden files and folders of tools are passed over. Taking in the ' +
      'same folder again takes in only what changed, and names the files that are gone (nothing is deleted by that). A ' +
      'folder inside one that was taken in before is taken in as a part of it. Text, Markdown, HTML, CSV, JSON, PDF and Word, PowerPoint and ' +
      'Excel files are read; others are listed with the reason and stop nothing. Exit code 1 if a file failed.',
    examples: ['ingest ~/Documents', 'ingest letters/ report.pdf --tag home,2026', 'ingest ~/notes --json'],
  })
    .option('--tag <tags>', 'tags for all of them, with commas between', commaList)
    .option('--no-wait', 'return when they are stored, before they are read')
    .option('--max-mb <number>', 'pass over larger files', wholeNumber(1, 100_000))
    .action(async (paths: string[], options: IngestOptions) => ingest(cli, paths, options));
}
