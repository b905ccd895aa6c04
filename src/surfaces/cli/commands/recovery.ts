import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { oneLine } from '../plain-text.ts';
import { pairs } from '../table.ts';

async function resetPassword(cli: Cli, user: string, { login }: { login?: string }): Promise<void> {
  await connected(cli, async ({ client }) => {
    const made = await client.call('resetPassword', { body: { user, login } }, cli.signal);
    cli.show(made, (_, look) => [
      'A new password, shown only now; every browser session of the user has ended.',
      ...pairs(
        [
          ['login', oneLine(made.login)],
          ['password', made.password],
        ],
        look,
      ),
    ]);
  });
}

async function token(cli: Cli, renew: boolean): Promise<void> {
  await connected(cli, async ({ client }) => {
    if (renew) await client.call('renewToken', {}, cli.signal);
    else await client.call('me', {}, cli.signal);
  });
  const { tokenFile } = cli.host;
  cli.show({ tokenFile, renewed: renew }, () => [
    renew
      ? `The token is a new one, in ${tokenFile}; the old one has ended.`
      : `The token is in ${tokenFile}.`,
  ]);
}

/** `jiwa reset-password` and `jiwa token`: the ways back in for who has this terminal. */
export function addRecovery(program: Command, cli: Cli): void {
  addCommand(program, cli, 'reset-password <user>', {
    summary: 'Give a user a new password, or the first one',
    about: 'The user by login, id, or name in the first space. The first host is called owner.',
    examples: ['reset-password owner --login wayan', 'reset-password made@example.org'],
  })
    .option('--login <login>', 'for who has none yet (default: their name)')
    .action(async (user: string, options: { login?: string }) => resetPassword(cli, user, options));
  addCommand(program, cli, 'token', {
    summary: 'Tell where the token of this machine is, or make a new one',
    about: 'A lost token file comes back when Jiwa is stopped and started again.',
    examples: ['token', 'token --new'],
  })
    .option('--new', 'make a new one; the old one ends')
    .action(async (options: { new?: boolean }) => token(cli, options.new === true));
}
