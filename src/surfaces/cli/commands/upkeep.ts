import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { EXIT } from '../exit-code.ts';
import { followStarted } from '../follow-started.ts';
import { isDown, partsNow } from '../parts-now.ts';
import { doctorLines, partLines } from '../views/status-view.ts';

async function doctor(cli: Cli): Promise<void> {
  await connected(cli, async ({ client }) => {
    const parts = await partsNow({ client }, cli.signal);
    if (isDown(parts)) {
      cli.show({ ok: false, parts }, (value, look) => partLines(value.parts, look));
      cli.finish(EXIT.failed);
      return;
    }
    const report = await client.call('doctor', {}, cli.signal);
    cli.show({ ...report, parts }, (value, look) => [
      ...partLines(value.parts, look),
      ...doctorLines(value, look),
    ]);
    if (!report.ok) cli.finish(EXIT.failed);
  });
}

/** `jiwa rebuild` and `jiwa doctor`: memory made anew, stores compared. */
export function addUpkeep(program: Command, cli: Cli): void {
  addCommand(program, cli, 'rebuild', {
    summary: 'Make memory anew from what is stored',
    about:
      'Nothing that was taken in is lost: words and vectors are made again from the originals and messages, also in a memory ' +
      'that is empty or another one than before. What is there serves meanwhile.',
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
