import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from './cli.ts';

export interface CommandText {
  readonly summary: string;
  /** More than a line, where it is needed. */
  readonly about?: string;
  /** Whole command lines without `jiwa`. */
  readonly examples: readonly string[];
}

/** Gives a command what all have: description, examples, `--json`, `--data`, `--version`. */
export function dress(command: Command, cli: Cli, text: CommandText): Command {
  const { version } = cli.host;
  const examples = text.examples.map((example) => `  $ jiwa ${example}`).join('\n');
  return command
    .summary(text.summary)
    .description(text.about === undefined ? text.summary : `${text.summary}\n\n${text.about}`)
    .option('--json', 'machine-readable output: one JSON value, or JSON lines for a stream')
    .option('--data <folder>', 'data folder to work on')
    .option('--space <name>', 'space to work in, by its name or id; the first one by default')
    .version(cli.json ? JSON.stringify({ version }) : version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', examples === '' ? '' : `\nExamples:\n${examples}\n`);
}

/** Adds a command under a parent; `usage` is its name and arguments. */
export function addCommand(
  parent: Command,
  cli: Cli,
  usage: string,
  text: CommandText & { readonly isDefault?: boolean },
): Command {
  return dress(parent.command(usage, { isDefault: text.isDefault ?? false }), cli, text);
}

/** A whole number within bounds, for an option's value. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** The option that says how long a list may be. */
export function limitOption(usual: number) {
  return ['--limit <number>', 'how many at most', wholeNumber(1, 100_000), usual] as const;
}

/** Values separated by commas. */
export function commaList(text: string): string[] {
  const values = text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.length === 0) throw new InvalidArgumentError('Expected one or more values with commas between.');
  return values;
}

/** One value of a closed set. */
export function oneOf<T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((value) => value === text.trim());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Expected one of ${allowed.join(', ')}; got ‘${text}’.`);
  };
}

/** One or more values of a closed set, separated by commas. */
export function oneOrMoreOf<T extends string>(allowed: readonly T[]): (text: string) => T[] {
  const one = oneOf(allowed);
  return (text) => commaList(text).map(one);
}
