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

/** Tells that an answer is not whole, for what is shown of it does not; who limits its length gets what they wanted. */
export function tellCut(cli: Cli, { cutBy }: Pick<Answer, 'cutBy'>, more: string): void {
  if (cutBy === 'length') {
    cli.note('The answer ends here: it has the greatest length its model may write (maxOutputTokens).');
    return;
  }
  cli.note(`The answer broke off before its end${cutBy === undefined ? '' : ` (${cutBy})`}. ${more}`);
  cli.finish(EXIT.failed);
}

/** The first Ctrl-C stops the answer; what was said is kept, and the command goes on to its end. */
function stopAtInterrupt(cli: Cli, { client }: Connection, id: string, onStop: () => void): void {
  cli.interrupts.first = () => {
    onStop();
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
    case 'answer-delta':
      cli.write(plain(event.text));
      break;
    case 'reset':
      cli.write('\n');
      cli.note('The answer begins anew:');
      break;
    case 'answer-end': {
      const { answer } = event;
      cli.write('\n');
      cli.show(event, (_, look) => answerFoot(answer, look));
      await conclude(cli, connection, answer);
      return;
    }
    case 'answer-start':
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
  let stopped = false;
  try {
    for await (const event of events) {
      if (event.kind === 'answer-start')
        stopAtInterrupt(cli, connection, event.messageId, () => (stopped = true));
      await showEvent(cli, connection, event, view);
      if (event.kind !== 'answer-end' || event.message.interrupted !== true) continue;
      if (!stopped && event.answer.cutBy !== 'aborted')
        tellCut(cli, event.answer, 'What was said is kept; why: jiwa why');
      else {
        cli.note('Stopped; what was said is kept.');
        cli.finish(EXIT.cancelled);
      }
    }
  } finally {
    cli.interrupts.first = undefined;
  }
}
