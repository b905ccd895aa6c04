import { AppError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { RecallFilter } from '../../wire/recall.ts';
import type { Answer, AnswerEvent } from '../../wire/sessions.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { EXIT } from './exit-code.ts';
import { keepNumbers } from './last-answer.ts';
import { plain } from './plain-text.ts';
import { answerFoot, answerLines } from './views/answer-view.ts';

export interface Asked {
  readonly question: string;
  readonly filter: RecallFilter;
  /** The conversation to say it in; none: nothing is kept. */
  readonly sessionId?: string | undefined;
  /** False only says it: it is remembered and not answered. */
  readonly answer?: boolean;
}

/** Keeps the numbers of an answer; the exit code says whether anything was found. */
async function conclude(cli: Cli, connection: Connection, answer: Answer): Promise<void> {
  if (answer.kind === 'nothing-found') {
    cli.finish(EXIT.nothingFound);
    return;
  }
  cli.finish(EXIT.ok);
  if (answer.kind === 'extractive') await keepNumbers(connection.dataFolder, answer.citations);
}

async function askOnce(cli: Cli, connection: Connection, { question, filter }: Asked): Promise<void> {
  const answer = await connection.client.call('ask', { body: { question, filter } }, cli.signal);
  cli.show(answer, answerLines);
  await conclude(cli, connection, answer);
}

function storedLines(event: AnswerEvent): string[] {
  return event.kind === 'message-stored' ? [`Remembered as ${event.message.id}`] : [];
}

/** Says it in a conversation: the answer is written as it comes; in JSON mode each event is a line. */
async function converse(cli: Cli, connection: Connection, sessionId: string, asked: Asked): Promise<void> {
  const { question: text, filter, answer = true } = asked;
  const body = { text, filter, answer };
  for await (const event of connection.client.send(sessionId, body, cli.signal)) {
    if (event.kind === 'error') throw new AppError(event.code as ErrorCode, event.message);
    if (event.kind === 'answer-delta') cli.write(plain(event.text));
    if (event.kind === 'answer-end') {
      cli.write('\n');
      cli.show(event, ({ answer }, look) => answerFoot(answer, look));
      await conclude(cli, connection, event.answer);
    } else cli.show(event, () => (answer ? [] : storedLines(event)));
  }
}

/** Asks one question and shows the answer with its citations. */
export async function askQuestion(cli: Cli, connection: Connection, asked: Asked): Promise<void> {
  if (asked.sessionId === undefined) await askOnce(cli, connection, asked);
  else await converse(cli, connection, asked.sessionId, asked);
}
