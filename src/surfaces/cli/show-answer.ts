import { AppError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type { Answer, AnswerEvent } from '../../wire/sessions.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { EXIT } from './exit-code.ts';
import { keepNumbers } from './last-answer.ts';
import { plain } from './plain-text.ts';
import { answerFoot } from './views/answer-view.ts';

/** Keeps the numbers of an answer; the exit code says whether anything was found. */
export async function conclude(cli: Cli, connection: Connection, answer: Answer): Promise<void> {
  if (answer.kind === 'nothing-found') {
    cli.finish(EXIT.nothingFound);
    return;
  }
  cli.finish(EXIT.ok);
  if (answer.kind !== 'remembered') await keepNumbers(connection.dataFolder, answer.citations);
}

/** The first Ctrl-C stops the answer; what was said is kept, and the command goes on to its end. */
function stopAtInterrupt(cli: Cli, { client }: Connection, id: string): void {
  cli.interrupts.first = () => {
    client.call('stopAnswer', { params: { id }, body: {} }, cli.signal).catch((error: unknown) => {
      cli.note(error instanceof Error ? error.message : String(error));
    });
  };
}

async function showEvent(
  cli: Cli,
  connection: Connection,
  event: AnswerEvent,
  view: (event: AnswerEvent) => string[],
): Promise<void> {
  switch (event.kind) {
    case 'error':
      throw new AppError(event.code as ErrorCode, event.message);
    case 'answer-start':
      stopAtInterrupt(cli, connection, event.messageId);
      break;
    case 'answer-delta':
      cli.write(plain(event.text));
      break;
    case 'reset':
      cli.write('\n');
      cli.note('The answer begins anew:');
      break;
    case 'answer-end': {
      const { answer, message } = event;
      cli.write('\n');
      cli.show(event, (_, look) => answerFoot(answer, look));
      await conclude(cli, connection, answer);
      if (message.interrupted) {
        cli.note('Stopped; what was said is kept.');
        cli.finish(EXIT.cancelled);
      }
      return;
    }
    case 'message-stored':
  }
  cli.show(event, view);
}

/**
 * Shows an answer as it comes, then its citations; in JSON mode each event is a line. `view` gives lines for the other
 * events. The first Ctrl-C stops the answer.
 */
export async function showAnswer(
  cli: Cli,
  connection: Connection,
  events: AsyncIterable<AnswerEvent>,
  view: (event: AnswerEvent) => string[] = () => [],
): Promise<void> {
  try {
    for await (const event of events) await showEvent(cli, connection, event, view);
  } finally {
    cli.interrupts.first = undefined;
  }
}
