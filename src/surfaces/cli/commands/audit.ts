import type { Command } from 'commander';
import { addCommand, limitOption } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { EXIT } from '../exit-code.ts';
import { firstItems } from '../pages.ts';
import { auditCheckLines, auditTable } from '../views/people-view.ts';

interface AuditOptions {
  readonly limit: number;
  readonly event?: string;
  readonly installation?: boolean;
}

const logOf = ({ installation }: Pick<AuditOptions, 'installation'>) =>
  installation ? ('installation' as const) : ('space' as const);

async function list(cli: Cli, options: AuditOptions): Promise<void> {
  await connected(cli, async ({ client }) => {
    const page = await firstItems(options.limit, (ask) => {
      const query = { ...ask, event: options.event, log: logOf(options) };
      return client.call('listAudit', { query }, cli.signal);
    });
    cli.show(page, ({ items }, look) => auditTable(items, look));
  });
}

async function verify(cli: Cli, options: Pick<AuditOptions, 'installation'>): Promise<void> {
  await connected(cli, async ({ client }) => {
    const check = await client.call('verifyAudit', { query: { log: logOf(options) } }, cli.signal);
    cli.show(check, auditCheckLines);
    if (!check.ok) cli.finish(EXIT.failed);
  });
}

const INSTALLATION = ['--installation', 'the log of sign-ins that failed, of no space'] as const;

/** `jiwa audit`: what was done, tried and refused. */
export function addAudit(program: Command, cli: Cli): void {
  const audit = addCommand(program, cli, 'audit', {
    summary: 'Show what was done, tried and refused, and check that the log is whole',
    examples: ['audit', 'audit list --event key-created', 'audit verify'],
  });
  addCommand(audit, cli, 'list', {
    summary: 'List entries, newest first',
    examples: ['audit list --limit 100 --json'],
    isDefault: true,
  })
    .option(...limitOption(50))
    .option('--event <word>', 'only this kind')
    .option(...INSTALLATION)
    .action(async (options: AuditOptions) => list(cli, options));
  addCommand(audit, cli, 'verify', {
    summary: 'Check that no entry was changed, taken out or put in',
    about: 'Exit code 1 if one was. Keep the head elsewhere to prove later that nothing before it changed.',
    examples: ['audit verify'],
  })
    .option(...INSTALLATION)
    .action(async (options: Pick<AuditOptions, 'installation'>) => verify(cli, options));
}
