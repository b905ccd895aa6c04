import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { AppError } from '../../core/errors.ts';
import type { Cli } from './cli.ts';

/**
 * Asks before something is removed. `--yes` answers ahead; where nobody can be asked it is required.
 * Throws `aborted` when the answer is not yes.
 */
export async function confirm(cli: Cli, question: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  const { stdin, stderr } = cli.host;
  if (!stdin.isTTY) {
    throw new AppError('invalid-input', `${question} Nobody can be asked here; say --yes to go on.`);
  }
  const prompt = createInterface({ input: stdin, output: stderr });
  // Ctrl-D closes the input without an answer: that is no yes.
  const closed = once(prompt, 'close').then(() => '');
  try {
    const asked = prompt.question(`${question} [y/N] `, { signal: cli.signal });
    const answer = await Promise.race([asked, closed]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new AppError('aborted', 'Nothing was changed.');
  } finally {
    prompt.close();
  }
}
