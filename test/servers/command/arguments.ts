import { parseArgs } from 'node:util';
import { AppError } from '../../../src/core/errors.ts';
import { readServerNames, type ServerName } from '../kinds/server.ts';

const COMMANDS = ['up', 'down', 'status'] as const;

export interface Arguments {
  readonly command: (typeof COMMANDS)[number] | 'help';
  /** The servers meant; every one when left out. */
  readonly only?: readonly ServerName[];
}

/** Reads what follows `npm run servers --`. Throws `invalid-input` for anything it does not know. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [word, ...rest] = positionals;
  if (word === undefined || values.help === true) return { command: 'help' };
  const command = COMMANDS.find((one) => one === word);
  if (command === undefined || rest.length > 0) {
    throw new AppError(
      'invalid-input',
      `Expected one of up, down and status, got "${positionals.join(' ')}".`,
    );
  }
  return values.only === undefined ? { command } : { command, only: readServerNames(values.only) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (cause) {
    throw new AppError('invalid-input', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
