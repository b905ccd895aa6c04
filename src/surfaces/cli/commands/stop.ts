import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';

const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 30_000;

async function stop(cli: Cli): Promise<void> {
  const server = await cli.host.findServer();
  if (server === undefined) {
    cli.show({ stopped: false }, () => [`Jiwa is not running over ${cli.host.dataFolder}.`]);
    return;
  }
  cli.signals.kill(server.pid, 'SIGTERM');
  const looks = PATIENCE_MS / LOOK_EVERY_MS;
  for (let look = 0; look < looks; look++) {
    if ((await cli.host.findServer()) === undefined) {
      cli.show({ stopped: true, pid: server.pid }, () => ['Jiwa has stopped.']);
      return;
    }
    await cli.pause(LOOK_EVERY_MS);
  }
  throw new AppError(
    'timeout',
    `Process ${server.pid} was asked to stop and is still there after 30 seconds; end it with: kill -9 ${server.pid}`,
  );
}

/** `jiwa stop`: asks the server to end and waits until it has. */
export function addStop(program: Command, cli: Cli): void {
  addCommand(program, cli, 'stop', {
    summary: 'Stop the running server',
    examples: ['stop', 'stop --data ~/jiwa'],
  }).action(async () => stop(cli));
}
