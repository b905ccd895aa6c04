import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { backupName } from '../../../wire/archives.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { connected } from '../connect.ts';
import { isArchive } from '../is-archive.ts';
import { withProgress } from '../progress.ts';
import { saveArchive } from '../save-archive.ts';
import { restoredLines } from '../views/archive-view.ts';

async function targetOf(name: string, given: string | undefined): Promise<string> {
  const file = `${name}.tar`;
  if (given === undefined) return file;
  const found = given === '-' ? undefined : await stat(given).catch(() => undefined);
  return found?.isDirectory() === true ? join(given, file) : given;
}

async function backUp(cli: Cli, given: string | undefined): Promise<void> {
  const name = backupName(cli.now());
  const target = await targetOf(name, given);
  await connected(cli, ({ client }) =>
    saveArchive(cli, { label: 'Backing up', target }, () => client.backUp(cli.signal, name)),
  );
}

async function restore(cli: Cli, file: string, { replace = false, yes }: RestoreOptions): Promise<void> {
  const { host } = cli;
  if ((await host.findServer()) !== undefined)
    throw new AppError('conflict', 'Jiwa is running here; end it first: jiwa stop');
  // What is no archive is refused by what reads it; here only what is one within something else.
  await isArchive(file);
  if (replace) await confirm(cli, 'Erase everything that is here and put the backup in its place?', yes);
  const restored = await withProgress(cli, 'Restoring', (progress) =>
    host.restore({ file, replace, progress: (...told) => progress.set(...told), signal: cli.signal }),
  );
  cli.show(restored, restoredLines);
}

interface RestoreOptions {
  readonly replace?: boolean;
  readonly yes?: boolean;
}

/** `jiwa backup` and `jiwa restore`: the installation as a whole. */
export function addBackup(program: Command, cli: Cli): void {
  addCommand(program, cli, 'backup [target]', {
    summary: 'Save the whole installation as one archive',
    about:
      'All spaces, people, settings and objects, as they are at one moment, while Jiwa runs; into a file, a folder or `-`. Keep it as ' +
      'you keep your keys, and `secrets.key` of the data folder somewhere else: it opens the sealed keys of providers.',
    examples: ['backup', 'backup /mnt/backups', 'backup - | gzip > jiwa.tar.gz'],
  }).action(async (target: string | undefined) => backUp(cli, target));
  addCommand(program, cli, 'restore <file>', {
    summary: 'Bring a backup into this installation',
    about:
      'Works on the stores that the configuration names, also others than those of the backup, while Jiwa does not run. Everything ' +
      'is checked before anything is changed; after a failure the same can be done again.',
    examples: ['restore jiwa-backup-2026-05-04T10-12-00-000Z.tar', 'restore backup.tar --replace --yes'],
  })
    .option('--replace', 'erase first what is here')
    .option('-y, --yes', 'do not ask')
    .action(async (file: string, options: RestoreOptions) => restore(cli, file, options));
}
