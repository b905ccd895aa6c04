import { Argument, type Command } from 'commander';
import { Role } from '../../../wire/people.ts';
import { addCommand, oneOf, wholeNumber } from '../command.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { type Connection, connected } from '../connect.ts';
import { invitationLink } from '../page-link.ts';
import { oneLine } from '../plain-text.ts';
import { idsOf } from '../resolve-id.ts';
import { invitationLines, invitationTable, spaceTable, userTable } from '../views/people-view.ts';

type Invited = Exclude<Role, 'service'>;
const INVITED: readonly Invited[] = ['host', 'editor', 'viewer'];

async function withUser(
  cli: Cli,
  text: string,
  work: (connection: Connection, params: { id: string }) => Promise<void>,
): Promise<void> {
  await connected(cli, async (connection) => {
    await work(connection, { id: await idsOf(cli, connection).user(text) });
  });
}

async function change(cli: Cli, text: string, body: { role?: Role; disabled?: boolean }): Promise<void> {
  await withUser(cli, text, async ({ client }, params) => {
    const user = await client.call('changeUser', { params, body }, cli.signal);
    const state = user.disabled ? 'may not come in' : `is ${user.role}`;
    cli.show(user, () => [`${oneLine(user.name)} ${state}.`]);
  });
}

async function invite(cli: Cli, name: string, options: { role: Invited; hours: number }): Promise<void> {
  await connected(cli, async ({ client }) => {
    const made = await client.call('inviteUser', { body: { name, ...options } }, cli.signal);
    const link = await invitationLink(cli, made.secret);
    cli.show({ ...made, link }, (invitation, look) => invitationLines(invitation, look));
  });
}

async function remove(cli: Cli, text: string, { yes }: { yes?: boolean }): Promise<void> {
  await withUser(cli, text, async ({ client }, params) => {
    await confirm(cli, 'Remove this user from the space, with their keys?', yes);
    cli.show(await client.call('removeUser', { params }, cli.signal), () => [
      'Removed; what they said and uploaded stays in the space.',
    ]);
  });
}

function addInvitations(users: Command, cli: Cli): void {
  addCommand(users, cli, 'invite <name>', {
    summary: 'Invite somebody: prints a link that works once',
    examples: ['users invite "Made" --role editor'],
  })
    .option('--role <role>', `one of ${INVITED.join(', ')}`, oneOf(INVITED), 'editor')
    .option('--hours <number>', 'how long it can be taken', wholeNumber(1, 720), 72)
    .action(async (name: string, options: { role: Invited; hours: number }) => invite(cli, name, options));
  addCommand(users, cli, 'invitations', {
    summary: 'List open invitations',
    examples: ['users invitations'],
  }).action(async () =>
    connected(cli, async ({ client }) =>
      cli.show(await client.call('listInvitations', {}, cli.signal), ({ invitations }, look) =>
        invitationTable(invitations, look),
      ),
    ),
  );
  addCommand(users, cli, 'uninvite <id>', {
    summary: 'Take an invitation back',
    examples: ['users uninvite 51d0c3f7'],
  }).action(async (text: string) =>
    connected(cli, async (connection) => {
      const params = { id: await idsOf(cli, connection).invitation(text) };
      const ended = await connection.client.call('revokeInvitation', { params }, cli.signal);
      cli.show(ended, () => ['The invitation was taken back.']);
    }),
  );
}

function addChanges(users: Command, cli: Cli): void {
  addCommand(users, cli, 'role <id>', {
    summary: 'Change what a user may do',
    examples: ['users role 51d0c3f7 viewer'],
  })
    .addArgument(new Argument('<role>', 'the new role').choices(Role.options))
    .action(async (id: string, role: Role) => change(cli, id, { role }));
  addCommand(users, cli, 'disable <id>', {
    summary: 'Let a user in no more',
    examples: ['users disable 51d0c3f7'],
  }).action(async (id: string) => change(cli, id, { disabled: true }));
  addCommand(users, cli, 'enable <id>', {
    summary: 'Let a disabled user in again',
    examples: ['users enable 51d0c3f7'],
  }).action(async (id: string) => change(cli, id, { disabled: false }));
  addCommand(users, cli, 'remove <id>', {
    summary: 'Remove a user from the space',
    examples: ['users remove 51d0c3f7 --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(async (id: string, options: { yes?: boolean }) => remove(cli, id, options));
}

/** `jiwa users`: members of the space. */
export function addUsers(program: Command, cli: Cli): void {
  const users = addCommand(program, cli, 'users', {
    summary: 'List, invite, change and remove members of a space',
    about: 'An id may be given by its first digits. docs/access.md tells what each role may do.',
    examples: ['users', 'users invite "Made" --role editor', 'users role 51d0c3f7 viewer'],
  });
  addCommand(users, cli, 'list', {
    summary: 'List members',
    examples: ['users list --json'],
    isDefault: true,
  }).action(async () =>
    connected(cli, async ({ client }) =>
      cli.show(await client.call('listUsers', {}, cli.signal), (page, look) => userTable(page.users, look)),
    ),
  );
  addCommand(users, cli, 'service <name>', {
    summary: 'Add a program as a user; give it a key with: jiwa keys create --user <id>',
    examples: ['users service importer'],
  }).action(async (name: string) =>
    connected(cli, async ({ client }) => {
      const user = await client.call('createService', { body: { name } }, cli.signal);
      cli.show(user, (_, look) => userTable([user], look));
    }),
  );
  addInvitations(users, cli);
  addChanges(users, cli);
}

/** `jiwa spaces`: memory spaces the caller belongs to. */
export function addSpaces(program: Command, cli: Cli): void {
  const spaces = addCommand(program, cli, 'spaces', {
    summary: 'List and make memory spaces',
    about: 'What lies in a space is seen by all its members; name one with --space.',
    examples: ['spaces', 'spaces create team', 'ingest ~/team --space team'],
  });
  addCommand(spaces, cli, 'list', { summary: 'List spaces', examples: ['spaces'], isDefault: true }).action(
    async () =>
      connected(cli, async ({ client }) =>
        cli.show(await client.call('listSpaces', {}, cli.signal), (page, look) =>
          spaceTable(page.spaces, look),
        ),
      ),
  );
  addCommand(spaces, cli, 'create <name>', {
    summary: 'Make a space',
    examples: ['spaces create team'],
  }).action(async (name: string) =>
    connected(cli, async ({ client }) => {
      const space = await client.call('createSpace', { body: { name } }, cli.signal);
      cli.show(space, () => [`The space ${oneLine(space.name)} is there; name it with --space.`]);
    }),
  );
}
