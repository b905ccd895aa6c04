import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { ImportReport } from '../../../wire/sessions.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { type Connection, connected, finishJobs } from '../connect.ts';
import { followJob } from '../follow-job.ts';
import { fileBody } from '../upload-files.ts';
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

/** `jiwa import`: a chat history into memory. */
export function addImport(program: Command, cli: Cli): void {
  addCommand(program, cli, 'import <file>', {
    summary: 'Take in a chat history',
    about:
      'A ChatGPT or Claude export (the zip as it was downloaded), or JSON lines with one message a line:\n' +
      '{"conversation": "trip", "time": "2026-03-14T10:00:00Z", "speaker": "Maria", "text": "…"}\n' +
      '("role": "user" or "assistant" instead of a speaker; "caption" for a picture). Importing again adds only what is new.',
    examples: ['import chatgpt-export.zip', 'import chat.jsonl --json'],
  }).action(async (file: string) =>
    connected(cli, async (connection) => cli.show(await importFile(cli, connection, file), importLines)),
  );
}
