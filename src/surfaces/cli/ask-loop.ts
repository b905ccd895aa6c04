import { createInterface } from 'node:readline/promises';
import { isAbort, toAppError } from '../../core/errors.ts';
import { type Asked, askQuestion } from './ask-question.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connect.ts';
import { citationId } from './last-answer.ts';
import { citationLines } from './views/citation-view.ts';

const LEAVE = new Set(['exit', 'quit', ':q']);

async function answerLine(cli: Cli, connection: Connection, line: string, asked: Omit<Asked, 'question'>) {
  if (/^\[?\d{1,3}\]?$/.test(line)) {
    const id = await citationId(line, connection.dataFolder);
    cli.show(await connection.client.call('openCitation', { params: { id } }, cli.signal), citationLines);
  } else await askQuestion(cli, connection, { ...asked, question: line });
}

/** Question after question on a terminal; a number opens that citation. A failure is told and the loop goes on. */
export async function askLoop(
  cli: Cli,
  connection: Connection,
  asked: Omit<Asked, 'question'>,
): Promise<void> {
  const { stdin, stderr } = cli.host;
  cli.note('Ask something; a number opens that citation, an empty line or Ctrl-D leaves.');
  const lines = createInterface({ input: stdin, output: stderr, prompt: '\n? ', signal: cli.signal });
  // The input may end (Ctrl-D) while an answer is made; prompting after that would throw.
  let open = true;
  lines.once('close', () => {
    open = false;
  });
  lines.prompt();
  for await (const typed of lines) {
    const line = typed.trim();
    if (line === '' || LEAVE.has(line)) break;
    try {
      await answerLine(cli, connection, line, asked);
    } catch (error) {
      if (isAbort(error)) throw error;
      cli.note(toAppError(error).message);
    }
    if (open) lines.prompt();
  }
  lines.close();
  cli.finish(0);
}
