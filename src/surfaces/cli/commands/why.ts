import type { Command } from 'commander';
import { AppError, toAppError } from '../../../core/errors.ts';
import { isUuid } from '../../../core/ids.ts';
import type { Place } from '../../../wire/recall.ts';
import type { AnswerTrace } from '../../../wire/trace.ts';
import type { Cli } from '../cli.ts';
import { addCommand } from '../command.ts';
import { type Connection, connected } from '../connect.ts';
import { traceLines } from '../views/trace-view.ts';

/** Conversations and messages among which the last answer is looked for. */
const SESSIONS = 10;
const MESSAGES = 20;

/** Answers in each of the conversations used last, newest first. */
async function* lastAnswers({ client }: Connection, signal: AbortSignal): AsyncIterable<readonly string[]> {
  const { items } = await client.call('listSessions', { query: { limit: SESSIONS } }, signal);
  for (const { id } of items) {
    const query = { latest: 'true', limit: MESSAGES } as const;
    const messages = await client.call('listMessages', { params: { id }, query }, signal);
    yield messages.items
      .toReversed()
      .filter(({ role }) => role === 'assistant')
      .map((message) => message.id);
  }
}

/** The trace of the answer somebody meant: by its whole id, the first digits of a late one, or none for the last. */
async function findTrace(
  { signal }: Pick<Cli, 'signal'>,
  connection: Connection,
  text: string | undefined,
): Promise<AnswerTrace> {
  const traceOf = (id: string) => connection.client.call('answerTrace', { params: { id } }, signal);
  const wanted = text?.toLowerCase() ?? '';
  if (isUuid(wanted)) return traceOf(wanted);
  for await (const answers of lastAnswers(connection, signal)) {
    const id = answers.find((answer) => answer.startsWith(wanted));
    if (id === undefined) continue;
    if (text !== undefined) return traceOf(id);
    // Imported answers, and those to other programs, have none.
    const trace = await unlessGone(traceOf(id));
    if (trace !== undefined) return trace;
  }
  const which =
    text === undefined ? 'no answer with a trace yet' : `no late answer whose id begins with ${text}`;
  throw new AppError(
    'not-found',
    `There is ${which}; what is asked outside of a conversation, or by other programs through /v1, has none ` +
      '(jiwa ask --session new).',
  );
}

async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (toAppError(error).code === 'not-found') return undefined;
    throw error;
  }
}

/** Where the recalled items stand; those that are gone meanwhile are left out. */
async function placesOf(trace: AnswerTrace, { client }: Connection, signal: AbortSignal) {
  const found = await Promise.all(
    trace.recalled.map(async ({ itemId: id }): Promise<[string, Place][]> => {
      const item = await unlessGone(client.call('getItem', { params: { id } }, signal));
      return item === undefined ? [] : [[id, item.place]];
    }),
  );
  return new Map(found.flat());
}

/** `jiwa why`: the trace of an answer. */
export function addWhy(program: Command, cli: Cli): void {
  addCommand(program, cli, 'why [message]', {
    summary: 'Show why an answer is as it is',
    about:
      'How the question was understood, what was recalled and how well it fits, what the prompt was made of, model, cost and ' +
      'times, and which citations were kept. Without an id it is the last answer of a conversation.',
    examples: ['why', 'why 0198c1de-7a40-5c1e-9d0b-6a1f2b3c4d5e'],
  }).action(async (message: string | undefined) =>
    connected(cli, async (connection) => {
      const trace = await findTrace(cli, connection, message);
      const places = cli.json ? new Map<string, Place>() : await placesOf(trace, connection, cli.signal);
      cli.show(trace, (value, look) => traceLines(value, places, look));
    }),
  );
}
