import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { EXIT } from '../exit-code.ts';
import { followStarted } from '../follow-started.ts';
import { doctorLines } from '../views/status-view.ts';

async function doctor(cli: Cli): Promise<void> {
  await connected(cli, async ({ client }) => {
    const report = await client.call('doctor', {}, cli.signal);
    cli.show(report, doctorLines);
    if (!report.ok) cli.finish(EXIT.failed);
  });
}

/** `jiwa rebuild` and `jiwa doctor`: memory made anew, stores compared. */
export function addUpkeep(program: Command, cli: Cli): void {
  addCommand(program, cli, 'rebuild', {
    summary: 'Make memory anew from what is stored',
    about:
      'Nothing that was taken in is lost: words and vectors are made again from the originals and messages.',
    examples: ['rebuild', 'rebuild --no-wait'],
  })
    .option('--no-wait', 'return at once')
    .action(async ({ wait }: { wait: boolean }) =>
      followStarted(cli, { label: 'Rebuilding', wait }, (client) => client.call('rebuild', {}, cli.signal)),
    );
  addCommand(program, cli, 'doctor', {
    summary: 'Check that all stores agree with each other',
    about: 'Exit code 1 if something is not as it should be.',
    examples: ['doctor', 'doctor --json'],
  }).action(async () => doctor(cli));
}
