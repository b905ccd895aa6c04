import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { askLoop } from '../ask-loop.ts';
import { askQuestion } from '../ask-question.ts';
import { type Wish, wishOf, withWish } from '../answer-wish.ts';
import { addCommand } from '../command.ts';
import type { Cli } from '../cli.ts';
import { type Connection, connected, finishJobs } from '../connect.ts';
import { EXIT } from '../exit-code.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter-options.ts';
import { idsOf } from '../resolve-id.ts';

interface AskOptions extends FilterOptions, Wish {
  readonly session?: string;
  /** False with `--no-answer`. */
  readonly answer: boolean;
}

async function sessionOf(
  cli: Cli,
  connection: Connection,
  wanted: string | undefined,
): Promise<string | undefined> {
  if (wanted !== 'new')
    return wanted === undefined ? undefined : await idsOf(cli, connection).session(wanted);
  const session = await connection.client.call('createSession', { body: {} }, cli.signal);
  cli.note(`Conversation ${session.id}`);
  return session.id;
}

/** The question of the arguments, else of a pipe; undefined where a person can be asked for it. */
async function questionOf(cli: Cli, words: readonly string[]): Promise<string | undefined> {
  const { stdin } = cli.host;
  const given = words.join(' ').trim();
  if (given !== '') return given;
  if (stdin.isTTY && !cli.json) return undefined;
  const piped = stdin.isTTY ? '' : (await readAll(stdin)).trim();
  if (piped === '')
    throw new AppError(
      'invalid-input',
      'Expected a question, for example: jiwa ask "When does the lease end?"',
    );
  return piped;
}

async function ask(cli: Cli, words: readonly string[], options: AskOptions): Promise<void> {
  const { answer } = options;
  const question = await questionOf(cli, words);
  if (!answer && question === undefined)
    throw new AppError('invalid-input', 'Expected the words to remember with --no-answer.');
  await connected(cli, async (connection) => {
    const filter = await filterOf(cli, connection, options);
    const sessionId = await sessionOf(cli, connection, options.session ?? (answer ? undefined : 'new'));
    const asked = { filter, sessionId, wish: wishOf(options) };
    if (question === undefined) await askLoop(cli, connection, asked);
    else {
      await askQuestion(cli, connection, { ...asked, question, answer });
      if (answer && cli.host.stdout.isTTY && cli.exitCode() === EXIT.ok)
        cli.note('\nOpen a citation at its place: jiwa open 1');
    }
    if (sessionId !== undefined) await finishJobs(cli, connection);
  });
}

/** `jiwa ask`: an answer with citations. */
export function addAsk(program: Command, cli: Cli): void {
  const command = addCommand(program, cli, 'ask [question...]', {
    summary: 'Ask a question and get an answer with citations',
    about:
      'Nothing of the question is kept unless it is said in a conversation (--session, --no-answer). Without a question on a ' +
      'terminal it asks for one again and again; from a pipe it reads one. In a conversation the first Ctrl-C stops the ' +
      'answer, the second leaves. Exit code 4 if memory holds nothing about it.',
    examples: [
      'ask "When does the lease end?"',
      'ask "What did Maria say about the trip?" --from 2026-03 --kind message',
      'ask --session new "What did I say about the window seat?"',
      'ask --session new --mode pikiran "Compare the two offers"',
      'ask --no-answer "I like the window seat"',
      'open 1',
    ],
  })
    .option('--session <id>', 'say it in this conversation; `new` begins one')
    .option('--no-answer', 'only remember it, in a new conversation unless --session names one');
  withFilter(withWish(command)).action(async (words: string[], options: AskOptions) =>
    ask(cli, words, options),
  );
}
