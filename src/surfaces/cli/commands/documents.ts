import type { Command } from 'commander';
import { DocumentStatus } from '../../../wire/documents.ts';
import type { DocumentView } from '../../../wire/documents.ts';
import { addCommand, limitOption, oneOf } from '../command.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { connected, finishJobs } from '../connect.ts';
import { firstItems } from '../pages.ts';
import { idsOf } from '../resolve-id.ts';
import { localName, saveFile } from '../save-file.ts';
import { documentLines, documentTable, forgetLines } from '../views/document-view.ts';
import { waitForReading } from '../wait-for-reading.ts';

interface ListOptions {
  readonly limit: number;
  readonly status?: DocumentView['status'];
  readonly name?: string;
}

async function list(cli: Cli, { limit, status, name }: ListOptions): Promise<void> {
  await connected(cli, async ({ client }) => {
    const page = await firstItems(limit, (ask) => {
      const query = { ...ask, status, name };
      return client.call('listDocuments', { query }, cli.signal);
    });
    cli.show(page, ({ items, more }, look) => [
      ...documentTable(items, look),
      ...(more ? [look.style('dim', `There are more; see them with --limit ${limit * 4}`)] : []),
    ]);
  });
}

async function show(cli: Cli, text: string): Promise<void> {
  await connected(cli, async (connection) => {
    const id = await idsOf(cli, connection).document(text);
    cli.show(await connection.client.call('getDocument', { params: { id } }, cli.signal), documentLines);
  });
}

async function remove(cli: Cli, text: string, options: { yes?: boolean }): Promise<void> {
  await connected(cli, async (connection) => {
    const params = { id: await idsOf(cli, connection).document(text) };
    const document = await connection.client.call('getDocument', { params }, cli.signal);
    await confirm(cli, `Remove ‘${document.filename}’ and everything made from it?`, options.yes);
    cli.show(await connection.client.call('deleteDocument', { params }, cli.signal), forgetLines);
    await finishJobs(cli, connection);
  });
}

async function retry(cli: Cli, text: string): Promise<void> {
  await connected(cli, async (connection) => {
    const params = { id: await idsOf(cli, connection).document(text) };
    const queued = await connection.client.call('retryDocument', { params }, cli.signal);
    await waitForReading(cli, connection, [queued]);
    await finishJobs(cli, connection);
    cli.show(await connection.client.call('getDocument', { params }, cli.signal), documentLines);
  });
}

async function original(cli: Cli, text: string, options: { out?: string }): Promise<void> {
  await connected(cli, async (connection) => {
    const id = await idsOf(cli, connection).document(text);
    const document = await connection.client.call('getDocument', { params: { id } }, cli.signal);
    const target = options.out ?? localName(document.filename);
    await saveFile(cli, target, await connection.client.original(id, cli.signal));
    if (target !== '-') cli.show({ id, file: target }, () => [`Saved as ${target}.`]);
  });
}

/** `jiwa documents`: what was taken in. */
export function addDocuments(program: Command, cli: Cli): void {
  const documents = addCommand(program, cli, 'documents', {
    summary: 'List, show, save and remove documents',
    about: 'An id may be given by its first digits.',
    examples: ['documents', 'documents show 3f2a9c1d', 'documents delete 3f2a9c1d --yes'],
  });
  addCommand(documents, cli, 'list', {
    summary: 'List documents, newest first',
    examples: ['documents list --status failed', 'documents list --name lease --json'],
    isDefault: true,
  })
    .option(...limitOption(50))
    .option(
      '--status <status>',
      `only with this status: ${DocumentStatus.options.join(', ')}`,
      oneOf(DocumentStatus.options),
    )
    .option('--name <part>', 'only with this in their name or path')
    .action(async (options: ListOptions) => list(cli, options));
  addCommand(documents, cli, 'show <id>', {
    summary: 'Show everything about one document',
    examples: ['documents show 3f2a9c1d'],
  }).action(async (id: string) => show(cli, id));
  addCommand(documents, cli, 'delete <id>', {
    summary: 'Remove a document and everything made from it',
    examples: ['documents delete 3f2a9c1d', 'documents delete 3f2a9c1d --yes'],
  })
    .option('--yes', 'do not ask')
    .action(async (id: string, options: { yes?: boolean }) => remove(cli, id, options));
  addCommand(documents, cli, 'retry <id>', {
    summary: 'Read a failed document again',
    examples: ['documents retry 3f2a9c1d'],
  }).action(async (id: string) => retry(cli, id));
  addCommand(documents, cli, 'original <id>', {
    summary: 'Save the file as it was taken in',
    examples: ['documents original 3f2a9c1d', 'documents original 3f2a9c1d --out copy.pdf'],
  })
    .option('--out <file>', 'save it as this file (default: its own name here; - for the standard output)')
    .action(async (id: string, options: { out?: string }) => original(cli, id, options));
}
