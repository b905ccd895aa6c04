import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { SpaceImported } from '../../../wire/archives.ts';
import { ImportReport } from '../../../wire/sessions.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { type Connection, connected, finishJobs } from '../connect.ts';
import { followJob } from '../follow-job.ts';
import { fileBody } from '../upload-files.ts';
import { isArchive } from '../is-archive.ts';
import { spaceImportedLines } from '../views/archive-view.ts';
import { importLines } from '../views/import-view.ts';

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new AppError('not-found', `There is no file ${path}.`);
  if (!found.isFile())
    throw new AppError('invalid-input', `Expected one file to import; ${path} is a folder.`);
  return found.size;
}

/** Imports a chat history, follows the job to its end and returns its report. */
export async function importFile(cli: Cli, connection: Connection, path: string): Promise<ImportReport> {
  const body = await fileBody(path, await sizeOf(path));
  const started = await connection.client.importHistory({ filename: basename(path), body }, cli.signal);
  if (started.outcome === 'known') cli.note('This very file was imported before.');
  const job = await followJob(cli, connection, started.jobId, 'Importing');
  await finishJobs(cli, connection);
  return ImportReport.parse(job.result);
}

interface ImportOptions {
  readonly name?: string;
  readonly replace?: boolean;
  readonly yes?: boolean;
}

/** Brings a space from its archive and follows the job to its end. */
async function importSpace(cli: Cli, connection: Connection, path: string, options: ImportOptions) {
  if (options.replace === true) {
    const question = 'Erase first what this space remembers here, if it is here?';
    await confirm(cli, `${question} There is no way back.`, options.yes);
  }
  const body = await fileBody(path, await sizeOf(path));
  const fields = { name: options.name, replace: String(options.replace ?? false) };
  const started = await connection.client.importSpace({ filename: basename(path), body, fields }, cli.signal);
  const job = await followJob(cli, connection, started.jobId, 'Importing');
  await finishJobs(cli, connection);
  cli.show(SpaceImported.parse(job.result), spaceImportedLines);
}

/** `jiwa import`: a chat history into memory, or a space from its archive. */
export function addImport(program: Command, cli: Cli): void {
  addCommand(program, cli, 'import <file>', {
    summary: 'Take in a chat history, or a space from its archive',
    about:
      'The archive of `jiwa export` brings back the whole space under its own ids, beside those that are here. It is checked before ' +
      'anything is changed; it may be imported again after a failure. A chat history is one of these:\n' +
      'A ChatGPT or Claude export (the zip as it was downloaded), or JSON lines with one message a line:\n' +
      '{"conversation": "trip", "time": "2026-03-14T10:00:00Z", "speaker": "Maria", "text": "…"}\n' +
      '("role": "user" or "assistant" instead of a speaker; "caption" for a picture). Importing again adds only what is new.',
    examples: [
      'import chatgpt-export.zip',
      'import chat.jsonl --json',
      'import jiwa-space.tar --name from-laptop',
    ],
  })
    .option('--name <name>', 'of an archive: what the space is called here')
    .option('--replace', 'of an archive: erase first what the space remembers here')
    .option('-y, --yes', 'do not ask')
    .action(async (file: string, options: ImportOptions) =>
      connected(cli, async (connection) => {
        if (await isArchive(file)) return importSpace(cli, connection, file, options);
        cli.show(await importFile(cli, connection, file), importLines);
      }),
    );
}
