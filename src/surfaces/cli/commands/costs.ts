import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import { CostInput, PRICE_NAMES, type PriceName } from '../../../wire/costs.ts';
import type { Cli } from '../cli.ts';
import { addCommand, commaList } from '../command.ts';
import { readJsonFile } from '../read-json-file.ts';
import { costLines } from '../views/costs-view.ts';

type Single = Partial<Record<PriceName, number>>;
interface Options extends Partial<CostInput> {
  readonly items?: readonly number[];
  readonly prices?: string;
  readonly price?: Single;
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected a number of 0 or more.');
}

function items(text: string): number[] {
  return commaList(text).map((one) => {
    const value = amount(one);
    if (Number.isInteger(value) && value >= 1 && value <= 1e12) return value;
    throw new InvalidArgumentError('Expected whole numbers such as 1e6.');
  });
}

function single(text: string, before: Single = {}): Single {
  const [name, value = ''] = text.split('=');
  const known = PRICE_NAMES.find((one) => one === name);
  if (known === undefined)
    throw new InvalidArgumentError(`Expected <name>=<price>; names are ${PRICE_NAMES.join(', ')}.`);
  return { ...before, [known]: amount(value) };
}

async function estimate(cli: Cli, { items: scales, prices, price = {}, ...given }: Options): Promise<void> {
  const { costs } = cli.host;
  if (costs === undefined) throw new AppError('unavailable', 'Nothing is estimated here.');
  const path = prices ?? costs.pricesFile;
  const file = path === undefined ? undefined : await readJsonFile(path, z.unknown());
  const input = CostInput.safeParse(
    Object.fromEntries(Object.keys(CostInput.shape).map((name) => [name, given[name as keyof CostInput]])),
  );
  if (!input.success) {
    const faults = input.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`);
    throw new AppError('invalid-input', faults.join('; '));
  }
  cli.show(costs.estimate(input.data, { file, single: price }, scales), costLines);
}

/** `jiwa costs`: what a month costs at scale, before anything is bought. */
export function addCosts(program: Command, cli: Cli): void {
  const costs = addCommand(program, cli, 'costs', {
    summary: 'Estimate what a month costs at scale',
    examples: ['costs estimate'],
  });
  addCommand(costs, cli, 'estimate', {
    summary: 'Compare PostgreSQL first and Weaviate first from 10³ to 10⁹ items',
    about:
      'Computed from prices and sizes that are printed with the result; needs no server and reaches nothing.\n' +
      'Prices are those of --prices or JIWA_PRICES over those that come with Jiwa. docs/scale.md explains.',
    examples: [
      'costs estimate',
      'costs estimate --items 1e6,1e8 --items-per-owner 50000 --replicas 1',
      'costs estimate --prices my-prices.json --price vcpuHour=0.02 --json',
    ],
  })
    .option('--items <numbers>', 'how many items, separated by commas; 10³ to 10⁹ by default', items)
    .option('--items-per-owner <number>', 'items of one owner (10,000)', amount)
    .option('--text-bytes <number>', 'bytes of text of an item (600)', amount)
    .option('--dimensions <number>', 'numbers of its vector (384)', amount)
    .option('--messages-per-day <number>', 'messages of one owner (20)', amount)
    .option('--active-share <share>', 'owners at work in the same hour, 0 to 1 (0.2)', amount)
    .option('--replicas <number>', 'copies of every store (3)', amount)
    .option('--retention-days <number>', 'how long backups are kept (30)', amount)
    .option('--prices <file>', 'JSON with prices; JIWA_PRICES by default')
    .addOption(new Option('--price <name=price>', 'one price; can be given again').argParser(single))
    .action(async (options: Options) => estimate(cli, options));
}
