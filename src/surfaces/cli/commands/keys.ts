import type { Command } from 'commander';
import { KEY_SCOPES } from '../../../wire/people.ts';
import { addCommand, oneOrMoreOf, wholeNumber } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { oneLine } from '../plain-text.ts';
import { idsOf } from '../resolve-id.ts';
import { keyTable, secretLines } from '../views/people-view.ts';

interface KeyOptions {
  readonly may?: (typeof KEY_SCOPES)[number][];
  readonly days?: number;
  readonly user?: string;
}

async function create(cli: Cli, name: string, { may, days, user }: KeyOptions): Promise<void> {
  await connected(cli, async (connection) => {
    const { client } = connection;
    const body = { name, scopes: may, days };
    const made =
      user === undefined
        ? await client.call('createOwnKey', { body }, cli.signal)
        : await client.call(
            'createKey',
            { params: { id: await idsOf(cli, connection).user(user) }, body },
            cli.signal,
          );
    cli.show(made, (_, look) => secretLines(`Key ${oneLine(made.name)}`, made.secret, look));
  });
}

async function revoke(cli: Cli, text: string): Promise<void> {
  await connected(cli, async (connection) => {
    const params = { id: await idsOf(cli, connection).key(text) };
    const ended = await connection.client.call('revokeKey', { params }, cli.signal);
    cli.show(ended, () => ['The key opens nothing any more.']);
  });
}

/** `jiwa keys`: API keys of a space. */
export function addKeys(program: Command, cli: Cli): void {
  const keys = addCommand(program, cli, 'keys', {
    summary: 'List, make and revoke API keys',
    about: 'A key works in one space, for programs that send it as `Authorization: Bearer <key>`.',
    examples: ['keys', 'keys create phone --may memory:read --days 90', 'keys revoke 51d0c3f7'],
  });
  addCommand(keys, cli, 'list', { summary: 'List keys', examples: ['keys list'], isDefault: true }).action(
    async () =>
      connected(cli, async ({ client }) =>
        cli.show(await client.call('listKeys', {}, cli.signal), (page, look) => keyTable(page.keys, look)),
      ),
  );
  addCommand(keys, cli, 'create <name>', {
    summary: 'Make a key; its secret is shown once',
    examples: ['keys create phone --may memory:read,memory:write'],
  })
    .option(
      '--may <actions>',
      `all that is yours, or some of: ${KEY_SCOPES.join(', ')}`,
      oneOrMoreOf(KEY_SCOPES),
    )
    .option('--days <number>', 'after how many days it ends (default: never)', wholeNumber(1, 3650))
    .option('--user <id>', 'for a service (default: for yourself)')
    .action(async (name: string, options: KeyOptions) => create(cli, name, options));
  addCommand(keys, cli, 'revoke <id>', {
    summary: 'Revoke a key',
    examples: ['keys revoke 51d0c3f7'],
  }).action(async (id: string) => revoke(cli, id));
}
