import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { connected } from '../connect.ts';
import { followStarted } from '../follow-started.ts';
import { oneLine } from '../plain-text.ts';
import { saveArchive } from '../save-archive.ts';

async function exportSpace(cli: Cli, file: string | undefined): Promise<void> {
  await connected(cli, async ({ client }) => {
    const { space } = await client.call('me', {}, cli.signal);
    const target =
      file ?? `jiwa-${space.id.slice(0, 8)}-${new Date(cli.now()).toISOString().slice(0, 10)}.tar`;
    await saveArchive(cli, { label: 'Exporting', target }, () => client.exportSpace(cli.signal));
  });
}

async function erase(cli: Cli, name: string, { yes, wait }: { yes?: boolean; wait: boolean }): Promise<void> {
  const question = `Erase everything the space ‘${oneLine(name)}’ remembers, and remove its other members?`;
  await confirm(cli, `${question} There is no way back.`, yes);
  await followStarted(cli, { label: 'Erasing', wait }, (client) =>
    client.call('eraseSpace', { body: { name } }, cli.signal),
  );
}

/** `jiwa export` and `jiwa erase`: a space as a whole. */
export function addSpace(program: Command, cli: Cli): void {
  addCommand(program, cli, 'export [file]', {
    summary: 'Save everything of a space as one archive',
    about:
      'A tar file: the originals, messages and files made from them, rows and memory as JSON lines, and a manifest with ' +
      'the sha256 of each. `jiwa import` brings it into any Jiwa. Secrets and vectors are not in it: the first must be ' +
      'entered again, the others are made again.',
    examples: ['export', 'export everything.tar --space team', 'export - | gzip > jiwa.tar.gz'],
  }).action(async (file: string | undefined) => exportSpace(cli, file));
  addCommand(program, cli, 'erase <space>', {
    summary: 'Erase everything a space remembers',
    about: 'Give its name as a confirmation. What stays: the name, you as its host, and the audit log.',
    examples: ['erase home', 'erase team --space team'],
  })
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'return at once')
    .action(async (name: string, options: { yes?: boolean; wait: boolean }) => erase(cli, name, options));
}
