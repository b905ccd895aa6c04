import { type Command, InvalidArgumentError } from 'commander';
import { Month } from '../../../wire/models.ts';
import type { Cli } from '../cli.ts';
import { addCommand } from '../command.ts';
import { connected } from '../connect.ts';
import { budgetLines, usageLines } from '../views/model-view.ts';

const MICROS = 1_000_000;
const MOST = 1_000_000;

function month(text: string): string {
  const parsed = Month.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('Expected a month as YYYY-MM.');
}

/** An amount of money in millionths; `none` takes the limit away. */
function cap(text: string): number | null {
  if (text === 'none') return null;
  const amount = Number(text);
  if (text.trim() !== '' && amount >= 0 && amount <= MOST) return Math.round(amount * MICROS);
  throw new InvalidArgumentError('Expected an amount such as 20 or 0.50, or none.');
}

/** `jiwa usage` and `jiwa budget`: what models cost, and how much they may. */
export function addUsage(program: Command, cli: Cli): void {
  addCommand(program, cli, 'usage', {
    summary: 'Show what calls of language models used and cost',
    examples: ['usage', 'usage --month 2026-03 --json'],
  })
    .option('--month <month>', 'a month as YYYY-MM; this one by default', month)
    .action(async ({ month }: { month?: string }) =>
      connected(cli, async ({ client }) =>
        cli.show(await client.call('usage', { query: { month } }, cli.signal), usageLines),
      ),
    );
  const budget = addCommand(program, cli, 'budget', {
    summary: 'Show and set the monthly limit of spending on models',
    about: 'A call that could cost more than is left of the month is not made.',
    examples: ['budget', 'budget set 20', 'budget set none', 'budget set 100 --all'],
  });
  addCommand(budget, cli, 'show', {
    summary: 'Show limits',
    examples: ['budget show'],
    isDefault: true,
  }).action(async () =>
    connected(cli, async ({ client }) => cli.show(await client.call('budgets', {}, cli.signal), budgetLines)),
  );
  addCommand(budget, cli, 'set', { summary: 'Set the limit of a month', examples: ['budget set 20'] })
    .argument('<amount>', 'in the currency of the price table, or none', cap)
    .option('--all', 'of all spaces together')
    .action(async (capMicros: number | null, { all }: { all?: boolean }) =>
      connected(cli, async ({ client }) => {
        const route = all === true ? 'setTotalBudget' : 'setSpaceBudget';
        cli.show(await client.call(route, { body: { capMicros } }, cli.signal), budgetLines);
      }),
    );
}
