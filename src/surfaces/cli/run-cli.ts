import { Command, CommanderError } from 'commander';
import { AppError, isAbort, toAppError } from '../../core/errors.ts';
import { type Cli, makeCli } from './cli.ts';
import { dress } from './command.ts';
import { addAsk } from './commands/ask.ts';
import { addAudit } from './commands/audit.ts';
import { addBackup } from './commands/backup.ts';
import { addConfig } from './commands/config.ts';
import { addCosts } from './commands/costs.ts';
import { addDemo } from './commands/demo.ts';
import { addDocuments } from './commands/documents.ts';
import { addImport } from './commands/import.ts';
import { addIngest } from './commands/ingest.ts';
import { addJobs } from './commands/jobs.ts';
import { addMigrate } from './commands/migrate.ts';
import { addMcp } from './commands/mcp.ts';
import { addKeys } from './commands/keys.ts';
import { addModels } from './commands/models.ts';
import { addOpen } from './commands/open.ts';
import { addPage } from './commands/page.ts';
import { addRecall } from './commands/recall.ts';
import { addRecovery } from './commands/recovery.ts';
import { addSessions } from './commands/sessions.ts';
import { addSpace } from './commands/space.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addStop } from './commands/stop.ts';
import { addUsage } from './commands/usage.ts';
import { addUpkeep } from './commands/upkeep.ts';
import { addSpaces, addUsers } from './commands/users.ts';
import { addWhy } from './commands/why.ts';
import { addWorker } from './commands/worker.ts';
import { optionWords, spaceFrom } from './data-folder.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import type { CliHost } from './host.ts';

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed, in part or as a whole
  2    the command line or a value in it is not right
  3    there is nothing with that id or name
  4    memory holds nothing about the question
  130  cancelled, by Ctrl-C or by an answer that was not yes`;

function program(cli: Cli): Command {
  const { stdout, stderr } = cli.host;
  const jiwa = new Command('jiwa')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what is possible)')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    });
  dress(jiwa, cli, {
    summary: 'Jiwa remembers your documents and conversations and answers with citations.',
    examples: ['demo', 'start', 'ingest ~/Documents', 'ask "When does the lease end?"', 'open 1'],
  }).addHelpText('after', EXIT_CODES);
  for (const add of [addStart, addStop, addStatus, addPage, addIngest, addImport, addAsk, addWhy])
    add(jiwa, cli);
  for (const add of [addRecall, addOpen]) add(jiwa, cli);
  for (const add of [
    addDocuments,
    addSessions,
    addJobs,
    addWorker,
    addModels,
    addUsage,
    addMcp,
    addUpkeep,
    addMigrate,
    addCosts,
    addConfig,
    addDemo,
  ])
    add(jiwa, cli);
  for (const add of [addUsers, addSpaces, addKeys, addAudit, addSpace, addBackup, addRecovery])
    add(jiwa, cli);
  return jiwa;
}

/** The sentence for people; an error of the platform is told as it is, and so is what lies under an `internal` one: no log of ours has it. */
function sentence(error: unknown): string {
  if (error instanceof AppError) {
    const { code, message, cause } = error;
    return code === 'internal' && cause instanceof Error ? `${message} (${cause.message})` : message;
  }
  if (isAbort(error)) return 'Cancelled.';
  return `Something failed inside Jiwa: ${error instanceof Error ? error.message : String(error)}`;
}

function report(cli: Cli, error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    if (cli.json) cli.show({ error: { code: 'invalid-input', message: error.message } }, () => []);
    return EXIT.usage;
  }
  const { code, details } = toAppError(error);
  const message = sentence(error);
  cli.note(message);
  if (cli.json)
    cli.show({ error: { code, message, ...(details === undefined ? {} : { details }) } }, () => []);
  return exitCodeOf(code);
}

const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** One Ctrl-C can come twice: from the terminal, and passed on by a process that started this one. */
const SAME_PRESS_MS = 500;

/** Hands a Ctrl-C to whoever wants the first one; false when nobody does. */
function handedOver({ interrupts }: Cli, name: NodeJS.Signals): boolean {
  const { first } = interrupts;
  if (name !== 'SIGINT' || first === undefined) return false;
  interrupts.first = undefined;
  first();
  return true;
}

/** Aborts at the first signal that nobody takes; a later one of the person ends the process as if nobody listened. */
function listen(cli: Cli, stopping: AbortController): () => void {
  let pressedMs = -Infinity;
  const listeners = ENDING.map((name) => {
    const onSignal = () => {
      if (cli.now() - pressedMs <= SAME_PRESS_MS) return;
      pressedMs = cli.now();
      if (handedOver(cli, name)) return;
      if (!stopping.signal.aborted) stopping.abort();
      else {
        stop();
        cli.signals.kill(process.pid, name);
      }
    };
    cli.signals.on(name, onSignal);
    return { name, onSignal };
  });
  const stop = () => {
    for (const { name, onSignal } of listeners) cli.signals.off(name, onSignal);
  };
  return stop;
}

/**
 * Runs one command line (`argv` without node and script) and returns its exit code. The first Ctrl-C cancels what runs
 * and closes cleanly; a second one, half a second later or more, ends the process at once.
 */
export async function runCli(argv: readonly string[], host: CliHost): Promise<ExitCode> {
  const stopping = new AbortController();
  const cli = makeCli({
    host,
    json: optionWords(argv).includes('--json'),
    space: spaceFrom(argv),
    signal: stopping.signal,
  });
  const stopListening = listen(cli, stopping);
  // Nobody reads any more (`jiwa documents | head`): there is no one left to tell. Never taken off: the last write may
  // fail after the command has ended.
  host.stdout.on('error', () => stopping.abort());
  try {
    await program(cli).parseAsync([...argv], { from: 'user' });
    return cli.exitCode();
  } catch (error) {
    return report(cli, error);
  } finally {
    stopListening();
  }
}
