import { AppError, type ErrorCode } from '../../core/errors.ts';
import type { RecallFilter } from '../../wire/recall.ts';
import type { Answer, AnswerEvent } from '../../wire/sessions.ts';
import type { Wish } from './answer-wish.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { conclude, showAnswer, tellCut } from './show-answer.ts';
import { plain } from './plain-text.ts';
import { answerFoot } from './views/answer-view.ts';

export interface Asked {
  readonly question: string;
  readonly filter: RecallFilter;
  /** The conversation to say it in; none: nothing is kept. */
  readonly sessionId?: string | undefined;
  readonly wish: Wish;
  /** False only says it: it is remembered and not answered. */
  readonly answer?: boolean;
}

async function concludeOnce(cli: Cli, connection: Connection, answer: Answer): Promise<void> {
  await conclude(cli, connection, answer);
  if (answer.interrupted) tellCut(cli, answer, 'Try the model: jiwa models test');
}

/** Asks outside any conversation: the answer is written as it comes; in JSON mode it is the output. */
async function askOnce(cli: Cli, connection: Connection, asked: Asked): Promise<void> {
  const { client } = connection;
  const body = { question: asked.question, filter: asked.filter, ...asked.wish };
  if (cli.json) {
    const answer = await client.call('ask', { body }, cli.signal);
    cli.show(answer, () => []);
    await concludeOnce(cli, connection, answer);
    return;
  }
  for await (const event of client.ask(body, cli.signal)) {
    if (event.kind === 'error') throw new AppError(event.code as ErrorCode, event.message);
    if (event.kind === 'answer-delta') cli.write(plain(event.text));
    else {
      cli.write('\n');
      cli.show(event.answer, answerFoot);
      await concludeOnce(cli, connection, event.answer);
    }
  }
}

function storedLines(event: AnswerEvent): string[] {
  return event.kind === 'message-stored' ? [`Remembered as ${event.message.id}`] : [];
}

/** Says it in a conversation; `answer: false` only says it. */
async function converse(cli: Cli, connection: Connection, sessionId: string, asked: Asked): Promise<void> {
  const { question: text, filter, wish, answer = true } = asked;
  const events = connection.client.send(sessionId, { text, filter, answer, ...wish }, cli.signal);
  await showAnswer(cli, connection, events, (event) => (answer ? [] : storedLines(event)));
}

/** Asks one question and shows the answer with its citations. */
export async function askQuestion(cli: Cli, connection: Connection, asked: Asked): Promise<void> {
  if (asked.sessionId === undefined) await askOnce(cli, connection, asked);
  else await converse(cli, connection, asked.sessionId, asked);
}
