import { join } from 'node:path';
import process from 'node:process';
import { AppError, toAppError } from '../../src/core/errors.ts';
import { readArguments } from './command/arguments.ts';
import { down } from './command/down.ts';
import { exportLines } from './command/export-lines.ts';
import { openStates } from './command/state.ts';
import { status } from './command/status.ts';
import { up } from './command/up.ts';
import { serversOf } from './kinds/all.ts';

const STATE_FOLDER = join(import.meta.dirname, '..', '..', '.cache', 'servers');

const HELP = `Usage: npm run --silent servers -- up|down|status [--only postgres,s3,redis,weaviate]

Real servers for tests, on 127.0.0.1 with throw-away data.

  up      starts those that do not run and prints the environment of the tests:
            eval "$(npm run --silent servers -- up)"
  down    stops them and removes their data
  status  shows process, address and readiness
`;

async function main(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { command, only } = readArguments(args);
  if (command !== 'help' && process.platform !== 'linux') {
    throw new AppError('unsupported', `Expected Linux, got ${process.platform}.`);
  }
  const servers = serversOf(only);
  const context = {
    states: openStates(STATE_FOLDER),
    signal,
    progress: (line: string) => process.stderr.write(`${line}\n`),
  };
  switch (command) {
    case 'help':
      process.stdout.write(HELP);
      return;
    case 'up':
      process.stdout.write(exportLines(await up(servers, context)));
      return;
    case 'down':
      await down(servers, context);
      return;
    case 'status':
      process.stdout.write(await status(servers, context));
  }
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => interrupted.abort(new AppError('aborted', `Stopped by ${name}.`)));
}
try {
  await main(process.argv.slice(2), interrupted.signal);
} catch (error) {
  const { code, message } = toAppError(interrupted.signal.aborted ? interrupted.signal.reason : error);
  process.stderr.write(`${message}\n`);
  if (code === 'internal') console.error(error);
  process.exitCode = code === 'invalid-input' ? 2 : 1;
}
