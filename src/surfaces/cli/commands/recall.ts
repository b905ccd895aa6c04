import type { Command } from 'commander';
import { addCommand, wholeNumber } from '../command.ts';
import type { Cli } from '../cli.ts';
import { connected } from '../connect.ts';
import { EXIT } from '../exit-code.ts';
import { type FilterOptions, filterOf, withFilter } from '../filter-options.ts';
import { keepNumbers } from '../last-answer.ts';
import { idsOf } from '../resolve-id.ts';
import { recallLines } from '../views/recall-view.ts';

interface RecallOptions extends FilterOptions {
  readonly session?: string;
  readonly limit: number;
  readonly budget: number;
  readonly neighbours: number;
  readonly explain?: boolean;
}

async function recall(cli: Cli, words: readonly string[], options: RecallOptions): Promise<void> {
  await connected(cli, async (connection) => {
    const { session, limit, budget, neighbours } = options;
    const filter = await filterOf(cli, connection, options);
    const sessionIds = session === undefined ? undefined : [await idsOf(cli, connection).session(session)];
    const result = await connection.client.call(
      'recall',
      {
        body: {
          question: words.join(' '),
          filter: sessionIds === undefined ? filter : { ...filter, sessionIds },
          limit,
          tokenBudget: budget,
          neighbours,
        },
      },
      cli.signal,
    );
    cli.show(result, (value, look) => recallLines(value, look, { explain: options.explain === true }));
    if (result.hits.length === 0) cli.finish(EXIT.nothingFound);
    else {
      const numbered = result.hits.map(({ id }, i) => ({ marker: i + 1, itemId: id }));
      await keepNumbers(connection.dataFolder, numbered);
    }
  });
}

/** `jiwa recall`: the best passages, each with why. */
export function addRecall(program: Command, cli: Cli): void {
  const command = addCommand(program, cli, 'recall <question...>', {
    summary: 'Show the best passages for a question, with what stands round them',
    about: 'Exit code 4 if nothing was found.',
    examples: ['recall "roof repair" --limit 3', 'recall "what did I promise Maria?" --explain', 'open 2'],
  })
    .option('--limit <number>', 'how many at most', wholeNumber(1, 100), 10)
    .option('--budget <tokens>', 'tokens of all of them together', wholeNumber(50, 100_000), 4000)
    .option('--neighbours <number>', 'messages before and after a hit', wholeNumber(0, 3), 1)
    .option('--session <id>', 'only this conversation')
    .option('--explain', 'show what made each rank where it does, and how the question was read');
  withFilter(command).action(async (words: string[], options: RecallOptions) => recall(cli, words, options));
}
