import type { Command } from 'commander';
import { addCommand, limitOption, wholeNumber } from '../command.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { connected, finishJobs } from '../connect.ts';
import { addBranches } from './branches.ts';
import { firstItems } from '../pages.ts';
import { idsOf } from '../resolve-id.ts';
import { oneLine } from '../plain-text.ts';
import { forgetLines } from '../views/document-view.ts';
import { foundSessionLines, sessionLines, sessionTable, transcriptLines } from '../views/session-view.ts';

interface Limit {
  readonly limit: number;
}

async function list(cli: Cli, { limit }: Limit, query?: string): Promise<void> {
  await connected(cli, async ({ client }) => {
    const page = await firstItems(limit, (ask) =>
      client.call('listSessions', { query: { ...ask, query } }, cli.signal),
    );
    cli.show(page, ({ items, more }, look) => [
      ...(query === undefined ? sessionTable(items, look) : foundSessionLines(items, look)),
      ...(more ? [look.style('dim', `There are more; see them with --limit ${limit * 4}`)] : []),
    ]);
  });
}

async function begin(cli: Cli, title: string): Promise<void> {
  await connected(cli, async ({ client }) => {
    const body = title === '' ? {} : { title };
    cli.show(await client.call('createSession', { body }, cli.signal), sessionLines);
  });
}

async function show(cli: Cli, text: string, { limit }: Limit): Promise<void> {
  await connected(cli, async (connection) => {
    const { client } = connection;
    const params = { id: await idsOf(cli, connection).session(text) };
    const session = await client.call('getSession', { params }, cli.signal);
    const page = await client.call('listMessages', { params, query: { limit, latest: 'true' } }, cli.signal);
    cli.show({ session, messages: page.items }, (value, look) => [
      ...sessionLines(value.session, look),
      ...transcriptLines(value.messages, look),
    ]);
  });
}

async function rename(cli: Cli, text: string, title: string): Promise<void> {
  await connected(cli, async (connection) => {
    const params = { id: await idsOf(cli, connection).session(text) };
    const session = await connection.client.call('renameSession', { params, body: { title } }, cli.signal);
    cli.show(session, () => [`Renamed to ‘${oneLine(session.title)}’.`]);
  });
}

async function exportOne(cli: Cli, text: string): Promise<void> {
  await connected(cli, async (connection) => {
    const params = { id: await idsOf(cli, connection).session(text) };
    const whole = await connection.client.call('exportSession', { params }, cli.signal);
    cli.show(whole, (value) => [JSON.stringify(value, undefined, 2)]);
  });
}

async function remove(cli: Cli, text: string, options: { yes?: boolean }): Promise<void> {
  await connected(cli, async (connection) => {
    const params = { id: await idsOf(cli, connection).session(text) };
    const session = await connection.client.call('getSession', { params }, cli.signal);
    await confirm(
      cli,
      `Forget the conversation ‘${oneLine(session.title)}’ with its ${session.messages} messages?`,
      options.yes,
    );
    cli.show(await connection.client.call('deleteSession', { params }, cli.signal), forgetLines);
    await finishJobs(cli, connection);
  });
}

async function removeMessage(
  cli: Cli,
  session: string,
  message: string,
  options: { yes?: boolean },
): Promise<void> {
  await connected(cli, async (connection) => {
    const ids = idsOf(cli, connection);
    const id = await ids.session(session);
    const params = { id, messageId: await ids.message(id, message) };
    await confirm(cli, 'Forget this message?', options.yes);
    cli.show(await connection.client.call('deleteMessage', { params }, cli.signal), forgetLines);
    await finishJobs(cli, connection);
  });
}

function addRemovals(sessions: Command, cli: Cli): void {
  addCommand(sessions, cli, 'delete <id>', {
    summary: 'Forget a conversation and everything made from it',
    examples: ['sessions delete 8c11d0aa --yes'],
  })
    .option('--yes', 'do not ask')
    .action(async (id: string, options: { yes?: boolean }) => remove(cli, id, options));
  addCommand(sessions, cli, 'delete-message <id> <message>', {
    summary: 'Forget one message',
    examples: ['sessions delete-message 8c11d0aa 77e0b1c2'],
  })
    .option('--yes', 'do not ask')
    .action(async (id: string, message: string, options: { yes?: boolean }) =>
      removeMessage(cli, id, message, options),
    );
}

/** `jiwa sessions`: conversations. */
export function addSessions(program: Command, cli: Cli): void {
  const sessions = addCommand(program, cli, 'sessions', {
    summary: 'List, show, search, branch, rename, export and forget conversations',
    about: 'An id may be given by its first digits.',
    examples: ['sessions', 'sessions search "boat trip"', 'sessions export 8c11d0aa > trip.json'],
  });
  addCommand(sessions, cli, 'list', {
    summary: 'List conversations, last used first',
    examples: ['sessions list --limit 10'],
    isDefault: true,
  })
    .option(...limitOption(50))
    .action(async (options: Limit) => list(cli, options));
  addCommand(sessions, cli, 'search <words...>', {
    summary: 'Find conversations by their title or by what was said',
    examples: ['sessions search boat trip'],
  })
    .option(...limitOption(50))
    .action(async (words: string[], options: Limit) => list(cli, options, words.join(' ')));
  addCommand(sessions, cli, 'new [title...]', {
    summary: 'Begin a conversation',
    examples: ['sessions new Garden', 'ask --session new "What should I plant?"'],
  }).action(async (title: string[]) => begin(cli, title.join(' ')));
  addCommand(sessions, cli, 'show <id>', {
    summary: 'Show the last messages of a conversation',
    examples: ['sessions show 8c11d0aa --limit 10'],
  })
    .option('--limit <number>', 'how many messages', wholeNumber(1, 200), 50)
    .action(async (id: string, options: Limit) => show(cli, id, options));
  addCommand(sessions, cli, 'rename <id> <title...>', {
    summary: 'Rename a conversation',
    examples: ['sessions rename 8c11d0aa Boat trip'],
  }).action(async (id: string, title: string[]) => rename(cli, id, title.join(' ')));
  addCommand(sessions, cli, 'export <id>', {
    summary: 'Print a whole conversation as JSON',
    examples: ['sessions export 8c11d0aa > trip.json'],
  }).action(async (id: string) => exportOne(cli, id));
  addBranches(sessions, cli);
  addRemovals(sessions, cli);
}
